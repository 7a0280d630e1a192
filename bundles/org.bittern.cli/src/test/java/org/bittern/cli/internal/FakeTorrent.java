package org.bittern.cli.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.InfoHash;

/** A torrent of 4 MiB whose state a test sets. Used by one thread. */
final class FakeTorrent {
    static final long MIB = 1 << 20;
    private static final long SIZE = 4 * MIB;

    String name = "name";
    TorrentState state = TorrentState.DOWNLOADING;
    double checked = 1;
    long verified;
    long downloaded;
    long downRate;
    long upRate;
    int peers;

    TorrentSnapshot snapshot() {
        return new TorrentSnapshot(
                1,
                1,
                InfoHash.ofV1(new byte[20]),
                name,
                state,
                new TorrentSnapshot.Progress(
                        1, checked, SIZE, SIZE, verified, verified, 0, 4, 0, MIB),
                new TorrentSnapshot.Transfer(downRate, upRate, downloaded, 0, 0, 0, 0, 0, 0),
                new TorrentSnapshot.Swarm(
                        peers, 0, 0, 0, 0, 0, 0, TorrentSnapshot.Origins.NONE, Optional.empty()),
                new TorrentSnapshot.Times(Instant.EPOCH, null, null, null, null, 0, 0, null),
                Path.of("/"),
                new TorrentSnapshot.Storage(Path.of("/"), Optional.empty(), 1),
                0,
                TorrentSnapshot.Turn.ORDINARY,
                Optional.empty(),
                Settings.EMPTY,
                List.of());
    }

    void complete() {
        verified = SIZE;
        state = TorrentState.SEEDING;
    }

    /**
     * It, for whoever looks at it.
     *
     * @param before what happens before each look
     */
    Torrent lookedAt(Consumer<FakeTorrent> before) {
        return (Torrent)
                Proxy.newProxyInstance(
                        FakeTorrent.class.getClassLoader(),
                        new Class<?>[] {Torrent.class},
                        (proxy, method, arguments) -> answer(method, before));
    }

    private Object answer(Method method, Consumer<FakeTorrent> before) {
        return switch (method.getName()) {
            case "snapshot" -> {
                before.accept(this);
                yield snapshot();
            }
            case "trackers" -> CompletableFuture.completedFuture(List.of());
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }
}
