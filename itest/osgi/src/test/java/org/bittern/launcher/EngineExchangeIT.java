package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.bittern.demo.Exchange;
import org.bittern.itest.osgi.DaemonData;
import org.bittern.itest.osgi.Limit;
import org.bittern.itest.osgi.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The engine, and what it stands on, is exchanged in every way while a daemon has a torrent that
 * downloads, one that is complete and one that is stopped half-way. Seen as a client sees it: by
 * calls without a pause, each of which must be answered.
 *
 * <p>System properties: {@code bittern.swap.moments}, how often each (1); {@code
 * bittern.swap.seed}, of the moments and the content (printed); {@code bittern.swap.strict}, see
 * {@link Limit}.
 */
@Timeout(1_800)
final class EngineExchangeIT {
    private static final int MOMENTS = Integer.getInteger("bittern.swap.moments", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Enough for all exchanges on a slow machine; the rest comes at full speed. */
    private static final long BYTES_PER_MOMENT = 64L << 20;

    private static final int BYTES_PER_SECOND = 512 << 10;

    /** Exchanges come at any moment within so many bytes. */
    private static final int WITHIN_BYTES = 64 << 10;

    private static final int PIECES = 256;
    private static final long BYTES = (long) PIECES * OwnTorrent.PIECE_BYTES;

    // Transmission's numbers of what a torrent does.
    private static final int STOPPED = 0;
    private static final int DOWNLOADS = 4;
    private static final int SEEDS = 6;

    @TempDir private Path work = Path.of(".");

    @Test
    void allTorrentsAreBackSoonAndNoFileIsCheckedAgain() throws Exception {
        long seed = Long.getLong("bittern.swap.seed", new Random().nextInt());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path data = DaemonData.in(work);
        try (Seeds seeds = new Seeds(MOMENTS * BYTES_PER_MOMENT, BYTES_PER_SECOND, seed);
                RunningRuntime daemon = RunningRuntime.daemon(work, data, 0)) {
            SessionWatch watch = new SessionWatch(DaemonClient.of(data));
            DaemonClient client = watch.client();
            int removed = removed(client, random); // without it all would be renumbered alike
            client.add(seeds.magnet());
            String downloading = client.torrents("hashString").path(0).path("hashString").asText();
            watch.add(downloading, DOWNLOADS);
            OwnTorrent complete = complete(watch, random);
            OwnTorrent half = half(watch, random);
            complete.spoil(); // from here on a check would tell
            half.spoil();
            client.call("queue-move-top", Map.of("ids", List.of(half.id())));
            for (int moment = 0; moment < MOMENTS; moment++) {
                for (String bundle : List.of("org.bittern.engine", "org.bittern.net")) {
                    for (Exchange way : Exchange.values()) {
                        watch.awaitBytes(1 + random.nextInt(WITHIN_BYTES));
                        Callable<?> exchange =
                                () -> way.exchange(daemon.bundle(bundle), daemon.context());
                        exchange(bundle + ", " + way.words(), watch, exchange);
                        assertGone(client, removed);
                    }
                }
            }
            assertThat(watch.unavailable()).as("calls while there was no engine").isPositive();
            seeds.lift();
            awaitValid(client, downloading, Files.size(seeds.content()));
            Path copy =
                    Path.of(
                            client.torrent(downloading, "downloadDir").path("downloadDir").asText(),
                            "content");
            assertThat(Files.mismatch(seeds.content(), copy)).isEqualTo(-1);
            client.call("torrent-verify", Map.of("ids", List.of(complete.id(), half.id())));
            awaitValid(client, complete.id(), BYTES - OwnTorrent.PIECE_BYTES);
            awaitValid(client, half.id(), BYTES / 2 - OwnTorrent.PIECE_BYTES);
        }
    }

    private static void exchange(String what, SessionWatch watch, Callable<?> exchange)
            throws Exception {
        watch.begin();
        Duration absent = Absence.during(watch::isWhole, exchange);
        System.out.printf("%s: %d ms%n", what, absent.toMillis());
        assertThat(watch.problems()).as(what).isEmpty();
        assertThat(absent)
                .as("%s: until all torrents are back", what)
                .isLessThanOrEqualTo(Limit.of(Duration.ofSeconds(2), Duration.ofSeconds(10)));
    }

    /** Adds a torrent and removes it again; its number. */
    private int removed(DaemonClient client, Random random) throws Exception {
        OwnTorrent torrent = OwnTorrent.in(work.resolve("removed"), "removed", 1, random);
        client.add(torrent, torrent.directory());
        int number = client.torrent(torrent.id(), "id").path("id").asInt();
        client.call("torrent-remove", Map.of("ids", List.of(number)));
        return number;
    }

    /** Nobody has its number, and who asks what happened lately is told. */
    private static void assertGone(DaemonClient client, int number) throws Exception {
        Map<String, Object> one = Map.of("ids", List.of(number), "fields", List.of("id"));
        assertThat(client.call("torrent-get", one).path("torrents")).isEmpty();
        Map<String, Object> lately = Map.of("ids", "recently-active", "fields", List.of("id"));
        assertThat(client.call("torrent-get", lately).path("removed"))
                .extracting(JsonNode::asInt)
                .contains(number);
    }

    private OwnTorrent complete(SessionWatch watch, Random random) throws Exception {
        OwnTorrent torrent = OwnTorrent.in(work.resolve("complete"), "complete", PIECES, random);
        watch.client().add(torrent, torrent.directory());
        watch.add(torrent.id(), SEEDS);
        awaitValid(watch.client(), torrent.id(), BYTES);
        return torrent;
    }

    private OwnTorrent half(SessionWatch watch, Random random) throws Exception {
        OwnTorrent torrent = OwnTorrent.in(work.resolve("half"), "half", PIECES, random);
        torrent.keep(PIECES / 2);
        watch.client().add(torrent, torrent.directory());
        awaitValid(watch.client(), torrent.id(), BYTES / 2);
        watch.client().call("torrent-stop", Map.of("ids", List.of(torrent.id())));
        watch.add(torrent.id(), STOPPED);
        await().atMost(PATIENCE).until(watch::isWhole);
        return torrent;
    }

    private static void awaitValid(DaemonClient client, String id, long bytes) {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(client.torrent(id, "haveValid").path("haveValid").asLong())
                                .as("bytes of %s", id)
                                .isEqualTo(bytes));
    }
}
