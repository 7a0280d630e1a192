package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BLimits;
import org.bittern.bencode.BReader;
import org.bittern.itest.osgi.DaemonData;
import org.bittern.itest.osgi.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A refresh stops bundles in an order of the framework's own: saved state may go before the engine
 * that still downloads. What the engine then has to say is saved all the same, so that no file is
 * checked again.
 */
@Timeout(300)
final class LastSaveIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int BYTES = 64 << 20;
    private static final int BYTES_PER_SECOND = 512 << 10;
    private static final String STORE = "org.bittern.state.file";

    @TempDir private Path work = Path.of(".");

    @Test
    void whatIsStoppedAfterItsStoreSavesAllTheSame() throws Exception {
        long seed = new Random().nextInt();
        System.out.println("seed " + seed);
        Path data = DaemonData.in(work);
        try (Seeds seeds = new Seeds(BYTES, BYTES_PER_SECOND, seed);
                RunningRuntime daemon = RunningRuntime.daemon(work, data, 0)) {
            DaemonClient client = DaemonClient.of(data);
            client.add(seeds.magnet());
            for (String later : List.of("org.bittern.engine", "org.bittern.host")) {
                long began = awaitMoreThan(client, 0);
                daemon.bundle(STORE).stop();
                long had = awaitMoreThan(client, began);
                daemon.bundle(later).stop();

                Path content = content(data);
                assertThat(saved(data).dict("files").orElseThrow().list("stats").orElseThrow())
                        .as("length and time of the file as saved, when %s stops later", later)
                        .containsExactly(
                                BInteger.of(Files.size(content)),
                                BInteger.of(Files.getLastModifiedTime(content).toMillis()));
                daemon.bundle(STORE).start();
                daemon.bundle(later).start();
                awaitMoreThan(client, had);
            }
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(daemon.problems()).isEmpty());
        }
    }

    /** Waits until more is verified, and returns how much. */
    private static long awaitMoreThan(DaemonClient client, long bytes) {
        return await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(
                        () -> client.torrent().path("haveValid").asLong(),
                        verified -> verified > bytes);
    }

    private static BDict saved(Path data) throws Exception {
        byte[] bytes = Files.readAllBytes(only(data.resolve("resume"), ".resume"));
        return (BDict) BReader.parse(bytes, BLimits.DEFAULT);
    }

    /** The file that is being downloaded, whatever it is called until it is complete. */
    private static Path content(Path data) throws IOException {
        Path directory = data.resolve("downloads");
        return Files.exists(directory.resolve("content"))
                ? directory.resolve("content")
                : only(directory, ".part");
    }

    private static Path only(Path directory, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix)).findFirst().orElseThrow();
        }
    }
}
