package org.bittern.rpc;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Torrent;
import org.osgi.annotation.versioning.ProviderType;

/** What one {@code torrent-set} is about to change; done for each torrent once all is read. */
@ProviderType
public interface TorrentChange {
    /** Sets an option. */
    <T> void option(Setting<T> key, T value);

    /** Does something else, after options were set. */
    void action(Function<Torrent, CompletionStage<?>> action);
}
