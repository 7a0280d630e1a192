package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bittern.itest.osgi.DaemonData;
import org.bittern.itest.osgi.PartExchangeIT;
import org.bittern.itest.osgi.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

/**
 * Bundles of a daemon, ours and those of others, are stopped, updated and started in random order
 * while it downloads from libtorrent: those first that {@link PartExchangeIT} leaves out, so that a
 * run of both has had each. In the end everything is there, nothing is lost, and nothing has piled
 * up.
 *
 * <p>System properties: {@code bittern.churn.rounds}, how many bundles (28 at least), each at a
 * random moment; {@code bittern.churn.seed}, printed.
 */
@Timeout(3_600)
final class ChurnIT {
    private static final int ROUNDS = Integer.getInteger("bittern.churn.rounds", 28);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int BYTES_PER_SECOND = 1 << 20;
    private static final long BYTES = (64L << 20) + ROUNDS * (2L << 20);
    private static final int MOST_PAUSE_MILLIS = 300;

    /** What may have to come once more after a round that cuts links, and in the end game. */
    private static final long AGAIN_BYTES = 1L << 20;

    private static final long END_GAME_BYTES = 8L << 20;

    /** Rounds after which what is made once and kept is there. */
    private static final int WARM_UP = 3;

    /** What one round may leave behind for a while, such as the last generation of a bundle. */
    private static final int SLACK = 4;

    /** The same for class loaders, which finished threads and timers hold for a minute or two. */
    private static final int LOADER_SLACK = 10;

    private static final long HEAP_SLACK_BYTES = 12L << 20;

    @TempDir private Path work = Path.of(".");

    @Test
    void nothingIsLostAndNothingPilesUp() throws Exception {
        long seed = Long.getLong("bittern.churn.seed", new Random().nextInt());
        System.out.println("seed " + seed);
        Path data = DaemonData.in(work);
        try (Seeds seeds = new Seeds(BYTES, BYTES_PER_SECOND, seed);
                RunningRuntime daemon = RunningRuntime.daemon(work, data, 0)) {
            DaemonClient client = DaemonClient.of(data);
            client.add(seeds.magnet());
            awaitDownload(client, 0);
            Deck deck = new Deck(daemon, new Random(seed));
            deck.churn(WARM_UP);
            awaitDownload(client, 1);
            Footprint before = Footprint.now(work);
            long verified = torrent(client).path("haveValid").asLong();
            deck.churn(ROUNDS);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(daemon.problems()).isEmpty());
            assertThat(daemon.bundles()).allMatch(bundle -> bundle.getState() == Bundle.ACTIVE);
            assertThat(deck.neverUpdated()).isEmpty();
            awaitDownload(client, verified);
            assertNoMoreThan(before);
            seeds.lift();
            awaitDownload(client, BYTES);
            Path copy = Path.of(client.torrent().path("downloadDir").asText(), "content");
            assertThat(Files.mismatch(seeds.content(), copy)).isEqualTo(-1);
            assertThat(seeds.sentBytes())
                    .as("sent by the seeds: nothing was lost that had come")
                    .isBetween(BYTES, BYTES + (WARM_UP + ROUNDS) * AGAIN_BYTES + END_GAME_BYTES);
        }
    }

    private void assertNoMoreThan(Footprint before) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    Footprint now = Footprint.now(work);
                    System.out.println(before + " -> " + now);
                    assertThat(now.classLoaders())
                            .as("class loaders")
                            .isLessThanOrEqualTo(before.classLoaders() + LOADER_SLACK);
                    assertThat(now.threads())
                            .as("threads")
                            .isLessThanOrEqualTo(before.threads() + SLACK);
                    assertThat(now.files())
                            .as("open files")
                            .isLessThanOrEqualTo(before.files() + SLACK);
                    assertThat(now.heapBytes())
                            .as("heap")
                            .isLessThanOrEqualTo(before.heapBytes() + HEAP_SLACK_BYTES);
                });
    }

    /** All bundles in random order, again and again, but those first that no other test updates. */
    private static final class Deck {
        private final RunningRuntime daemon;
        private final Random random;
        private final Set<String> updated = new HashSet<>(PartExchangeIT.BUNDLES);
        private final List<Bundle> left = new ArrayList<>();

        Deck(RunningRuntime daemon, Random random) {
            this.daemon = daemon;
            this.random = random;
        }

        void churn(int rounds) throws Exception {
            for (int round = 0; round < rounds; round++) {
                if (left.isEmpty()) {
                    left.addAll(daemon.bundles());
                    Collections.shuffle(left, random);
                    left.sort(
                            Comparator.comparing(one -> !updated.contains(one.getSymbolicName())));
                }
                Bundle bundle = left.removeLast();
                System.out.printf("%d: %s%n", round, bundle.getSymbolicName());
                TimeUnit.MILLISECONDS.sleep(random.nextInt(MOST_PAUSE_MILLIS)); // a random moment
                daemon.replace(bundle);
                updated.add(bundle.getSymbolicName());
            }
        }

        List<String> neverUpdated() {
            return daemon.bundles().stream()
                    .map(Bundle::getSymbolicName)
                    .filter(name -> !updated.contains(name))
                    .toList();
        }
    }

    /** Waits until so many bytes are verified, and more come if there are any. */
    private static void awaitDownload(DaemonClient client, long bytes) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    JsonNode torrent = torrent(client);
                    assertThat(torrent.path("errorString").asText()).isEmpty();
                    assertThat(torrent.path("haveValid").asLong()).isGreaterThanOrEqualTo(bytes);
                    assertThat(
                                    torrent.path("rateDownload").asLong() > 0
                                            || torrent.path("haveValid").asLong() == BYTES)
                            .as("it downloads")
                            .isTrue();
                });
    }

    private static JsonNode torrent(DaemonClient client) {
        try {
            return client.torrent();
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        }
    }
}
