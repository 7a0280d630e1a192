package org.bittern.scaffold.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.InfoHash;

/** A torrent that only notes the names of the commands it got. */
final class FakeTorrent {
    private static final Object DONE = CompletableFuture.completedFuture(null);

    final List<String> calls = new CopyOnWriteArrayList<>();
    private final InfoHash hash;
    private final Torrent torrent =
            (Torrent)
                    Proxy.newProxyInstance(
                            FakeTorrent.class.getClassLoader(),
                            new Class<?>[] {Torrent.class},
                            (proxy, method, arguments) -> answer(method));
    volatile TorrentState state = TorrentState.DOWNLOADING;
    volatile long left = 4;
    volatile Optional<TorrentError> error = Optional.empty();

    FakeTorrent(InfoHash hash) {
        this.hash = hash;
    }

    Torrent torrent() {
        return torrent;
    }

    TorrentSnapshot snapshot() {
        return new TorrentSnapshot(
                1,
                1,
                hash,
                "name",
                state,
                new TorrentSnapshot.Progress(1, 1, 16, 16, 16 - left, 16 - left, 0, 1, 0, 16),
                new TorrentSnapshot.Transfer(7, 8, 9, 10, 11, 12, 0, 0, 0),
                new TorrentSnapshot.Swarm(
                        3, 0, 0, 0, 0, 0, 0, TorrentSnapshot.Origins.NONE, Optional.empty()),
                new TorrentSnapshot.Times(Instant.EPOCH, null, null, null, null, 0, 0, null),
                Path.of("/"),
                new TorrentSnapshot.Storage(Path.of("/"), Optional.empty(), 1),
                0,
                TorrentSnapshot.Turn.ORDINARY,
                error,
                Settings.EMPTY,
                List.of());
    }

    private Object answer(Method method) {
        return switch (method.getName()) {
            case "infoHash" -> hash;
            case "snapshot" -> snapshot();
            case "pause", "start" -> {
                calls.add(method.getName());
                yield DONE;
            }
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }
}
