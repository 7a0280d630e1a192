package org.bittern.demo;

import static org.bittern.testkit.Fakes.fake;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.host.EngineHost;
import org.bittern.testkit.SnapshotBuilder;

/** A download to which a test does what an exchange may do. For one thread. */
final class FakeDownload {
    /** What comes in a millisecond. */
    static final int BYTES = 4096;

    private static final long SIZE = 1L << 30;
    private static final int PIECES = 9;

    final Map<InetSocketAddress, Long> bytesOfPeers = new LinkedHashMap<>();
    boolean running = true;
    boolean flowing = true;
    boolean overtaken; // the next answer about peers comes after the one to the next question
    boolean complete;
    long wasted;

    /** What came and is not there yet, or will have to come again. */
    long surplus;

    private Runnable held = () -> {}; // before the next answer
    private long downloaded;
    private long there;

    FakeDownload(HandTicker ticker) {
        ticker.looks().every(Duration.ofMillis(1), this::flow);
    }

    private void flow() {
        if (running && flowing) {
            downloaded += BYTES;
            there += BYTES;
        }
    }

    /** Another engine counts from 0. */
    void restart() {
        running = true;
        downloaded = 0;
        wasted = 0;
    }

    EngineHost host() {
        Torrent torrent =
                fake(Torrent.class, method -> method.equals("peers") ? answer() : snapshot());
        Engine engine =
                fake(
                        Engine.class,
                        method -> method.equals("status") ? status() : Optional.of(torrent));
        return fake(EngineHost.class, _ -> running ? Optional.of(engine) : Optional.empty());
    }

    private EngineStatus status() {
        return new EngineStatus("1", 0, 1, 0, 0, 0, downloaded, 0, Instant.EPOCH);
    }

    private TorrentSnapshot snapshot() {
        return new SnapshotBuilder(TorrentState.DOWNLOADING)
                .progress(progress())
                .transfer(
                        new TorrentSnapshot.Transfer(
                                0, 0, downloaded, 0, there + surplus, 0, 0, wasted, 0))
                .connected(bytesOfPeers.size())
                .build();
    }

    private TorrentSnapshot.Progress progress() {
        return new TorrentSnapshot.Progress(
                1, 1, SIZE, SIZE, there, there, 0, PIECES, complete ? PIECES : 1, 1);
    }

    /** What is known now; one answer comes after the next if that is wished. */
    private CompletableFuture<List<PeerSnapshot>> answer() {
        Runnable due = held;
        held = () -> {};
        due.run();
        List<PeerSnapshot> now = peers();
        CompletableFuture<List<PeerSnapshot>> answer = new CompletableFuture<>();
        if (overtaken) {
            overtaken = false;
            held = () -> held = () -> answer.complete(now);
        } else {
            answer.complete(now);
        }
        return answer;
    }

    private List<PeerSnapshot> peers() {
        List<PeerSnapshot> peers = new ArrayList<>();
        bytesOfPeers.forEach((address, bytes) -> peers.add(peer(address, bytes)));
        return peers;
    }

    private static PeerSnapshot peer(InetSocketAddress address, long bytes) {
        return new PeerSnapshot(
                address,
                new byte[20],
                "",
                "tcp",
                "manual",
                false,
                false,
                1,
                false,
                true,
                false,
                false,
                false,
                false,
                0,
                0,
                0,
                0,
                bytes,
                0,
                new byte[0]);
    }
}
