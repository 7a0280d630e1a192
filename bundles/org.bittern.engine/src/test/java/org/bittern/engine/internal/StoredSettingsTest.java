package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.spi.state.SessionState;
import org.bittern.state.file.internal.FileStateStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A change of settings is answered when it is on the disk, and not before. */
@Timeout(60)
class StoredSettingsTest {
    private static final int SECONDS = 30;

    /** A disk that writes when it is let, and then perhaps not. */
    private static final class SlowDisk {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch let = new CountDownLatch(1);
        volatile Map<String, Object> stored = Map.of("of-others", 7L, "utp-enabled", true);
        volatile boolean full;

        SessionState state() {
            return (SessionState)
                    Proxy.newProxyInstance(
                            SessionState.class.getClassLoader(),
                            new Class<?>[] {SessionState.class},
                            (proxy, method, arguments) ->
                                    switch (method.getName()) {
                                        case "settings" -> stored;
                                        case "saveSettings" -> write(arguments[0]);
                                        default -> throw new AssertionError(method);
                                    });
        }

        private Object write(Object settings) throws Exception {
            begun.countDown();
            let.await();
            if (full) {
                throw new IOException("no space left");
            }
            Map<String, Object> copy = new LinkedHashMap<>();
            ((Map<?, ?>) settings).forEach((key, value) -> copy.put(String.valueOf(key), value));
            stored = copy;
            return copy;
        }
    }

    private final SlowDisk disk = new SlowDisk();
    private volatile Settings inForce = Settings.EMPTY.with(NetworkSettings.UTP_ENABLED, false);
    private final StoredSettings settings =
            new StoredSettings(Optional.of(disk.state()), () -> inForce, Surroundings.SYSTEM);

    @Test
    void isDoneWhenTheFileIsWritten() throws Exception {
        CompletableFuture<Void> first = settings.save();
        disk.begun.await();
        inForce = inForce.with(NetworkSettings.PEX_ENABLED, false);
        CompletableFuture<Void> second = settings.save();
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        disk.let.countDown();
        second.get(SECONDS, TimeUnit.SECONDS);
        assertThat(first).isCompleted();
        assertThat(disk.stored)
                .containsEntry("utp-enabled", false)
                .containsEntry("pex-enabled", false)
                .containsEntry("of-others", 7L);
    }

    @Test
    void saysWhenItCannotBeWrittenAndGoesOn() throws Exception {
        disk.full = true;
        disk.let.countDown();
        assertThatThrownBy(() -> settings.save().get(SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("in force, but not stored: no space left");
        disk.full = false;
        settings.save().get(SECONDS, TimeUnit.SECONDS);
        assertThat(disk.stored).containsEntry("utp-enabled", false);
    }

    @Test
    void anAnsweredChangeIsInTheFile(@TempDir Path directory) throws Exception {
        Path state = directory.resolve("state");
        try (Machine machine = new Machine()) {
            Engine engine = machine.start(Machine.settings(directory), state);
            for (int limit = 1; limit <= 20; limit++) {
                engine.apply(Settings.EMPTY.with(EngineSettings.SPEED_LIMIT_UP, limit * 1000L))
                        .toCompletableFuture()
                        .get(SECONDS, TimeUnit.SECONDS);
                // Read beside the engine, as after a kill.
                assertThat(Files.readString(state.resolve("settings.json")))
                        .containsPattern("\"speed-limit-up\": " + limit + "\\b");
            }
        }
        try (SessionState left = new FileStateStore().open(state)) {
            assertThat(left.settings()).containsEntry("speed-limit-up", 20L);
        }
    }
}
