package org.bittern.peer.internal.mse;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bittern.spi.peer.PeerProtocol.LinkRouter;
import org.jspecify.annotations.Nullable;

/**
 * What MSE handshakes call torrents: the SHA-1 of a label and the info-hash. Whoever dials us may
 * name anything, and as often as it likes, so each torrent is hashed once and not for each of them.
 * Thread-safe.
 */
public final class TorrentNames {
    /** So many torrents may have gone before all are forgotten, and as many as there are. */
    private static final int SPARE = 100;

    private final Map<ByteBuffer, byte[]> byName = new ConcurrentHashMap<>();
    private final Map<ByteBuffer, byte[]> byHash = new ConcurrentHashMap<>();

    /** The info-hash of the torrent that is called so; null when there is none. */
    public byte @Nullable [] find(byte[] named, LinkRouter router) {
        byte[] known = byName.get(ByteBuffer.wrap(named));
        if (known != null && router.find(known) != null) {
            return known;
        }
        byte[] found = null;
        int count = 0;
        for (byte[] infoHash : router.infoHashes()) {
            if (Arrays.equals(name(infoHash), named)) {
                found = infoHash;
            }
            count++;
        }
        if (byHash.size() > 2 * count + SPARE) {
            byHash.clear();
            byName.clear();
        }
        return found;
    }

    private byte[] name(byte[] infoHash) {
        return byHash.computeIfAbsent(
                ByteBuffer.wrap(infoHash),
                _ -> {
                    byte[] name = MseHashes.req2(infoHash);
                    byName.put(ByteBuffer.wrap(name), infoHash);
                    return name;
                });
    }

    /** Torrents that were hashed and not forgotten. */
    int size() {
        return byHash.size();
    }
}
