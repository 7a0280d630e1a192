package org.bittern.rpc;

import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Torrent;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What the RPC shows, for those who push it to clients: a service of the bundle that answers the
 * calls, so that both always agree. Thread-safe; no method asks a torrent's loop or the disk.
 */
@ProviderType
public interface RpcView {
    /**
     * A torrent as {@code torrent-get} shows it, but for the fields that only its loop can tell:
     * files, peers, trackers, pieces.
     *
     * @param before an earlier view of it, or null; equal texts are taken from there
     */
    FieldTexts torrent(Engine engine, Torrent torrent, @Nullable FieldTexts before);

    /**
     * What {@code session-get} and {@code session-stats} show, but for what belongs to one caller
     * ({@code session-id}) or to the disk ({@code download-dir-free-space}).
     *
     * @param before an earlier view, or null; see {@link #torrent}
     */
    FieldTexts session(Engine engine, @Nullable FieldTexts before);
}
