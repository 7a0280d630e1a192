package org.bittern.health.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.testkit.Fakes.fake;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import org.apache.felix.hc.api.Result;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.host.EngineHost;
import org.bittern.testkit.SnapshotBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ChecksTest {
    @TempDir Path directory;

    private static TorrentSnapshot failed() {
        return new SnapshotBuilder(TorrentState.ERROR)
                .error(Optional.of(new TorrentError(TorrentError.Kind.STORE_MISSING, "gone")))
                .build();
    }

    private static EngineHost host(Optional<Engine> engine) {
        return fake(EngineHost.class, _ -> engine);
    }

    private EngineHost host(int port, int failures, Path downloads) {
        Engine engine =
                fake(
                        Engine.class,
                        method ->
                                switch (method) {
                                    case "status" ->
                                            new EngineStatus(
                                                    "1", port, 0, 0, 0, 0, 0, 0, Instant.EPOCH);
                                    case "settings" ->
                                            Settings.EMPTY.with(
                                                    EngineSettings.DOWNLOAD_DIR,
                                                    downloads.toString());
                                    default -> Collections.nCopies(failures, failed());
                                });
        return host(Optional.of(engine));
    }

    @Test
    void saysWhetherAnEngineListens() {
        assertThat(new EngineCheck(host(Optional.empty())).execute().getStatus())
                .isEqualTo(Result.Status.CRITICAL);
        assertThat(new EngineCheck(host(0, 0, directory)).execute().getStatus())
                .isEqualTo(Result.Status.WARN);
        assertThat(new EngineCheck(host(5, 0, directory)).execute().isOk()).isTrue();
    }

    @Test
    void namesTorrentsThatHaveStopped() {
        Result result = new FilesCheck(host(5, 7, directory)).execute();
        assertThat(result.getStatus()).isEqualTo(Result.Status.WARN);
        assertThat(result).anyMatch(entry -> entry.getMessage().contains("gone"));
        assertThat(result).anyMatch(entry -> entry.getMessage().startsWith("2 more"));
    }

    @Test
    void noticesADirectoryThatCannotBeUsed() {
        Result result = new FilesCheck(host(5, 0, directory.resolve("none"))).execute();
        assertThat(result).anyMatch(entry -> entry.getMessage().contains("cannot be used"));
    }

    @Test
    void takesAWarningForGoodEnough() {
        assertThat(Result.Status.values())
                .filteredOn(HealthServlet::isOfUse)
                .containsExactly(Result.Status.OK, Result.Status.WARN);
    }
}
