package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.bittern.engine.internal.Waiting.done;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.spi.engine.SessionPart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bundles that obey settings by themselves. */
@Timeout(60)
class ObedienceTest {
    @TempDir Path directory;
    private Machine machine;

    @BeforeEach
    void begin() throws Exception {
        machine = new Machine();
    }

    @AfterEach
    void end() {
        machine.close();
    }

    /** Remembers what it was told. */
    private static final class Pupil implements SessionPart {
        final List<Boolean> pex = new CopyOnWriteArrayList<>();
        final List<Optional<Path>> places = new CopyOnWriteArrayList<>();

        @Override
        public void obey(Settings settings, Optional<Path> place) {
            pex.add(settings.get(NetworkSettings.PEX_ENABLED));
            places.add(place);
        }
    }

    @Test
    void areToldAtStartAndOfEachChange() throws Exception {
        Pupil pupil = new Pupil();
        machine.parts.add(pupil);
        Path state = directory.resolve("state");
        Engine engine = machine.start(Machine.settings(directory), state);
        assertThat(pupil.pex).isNotEmpty().containsOnly(true);
        assertThat(pupil.places).containsOnly(Optional.of(state.toAbsolutePath()));
        done(engine.apply(Settings.EMPTY.with(NetworkSettings.PEX_ENABLED, false)));
        assertThat(pupil.pex).last().isEqualTo(false);
    }

    @Test
    void areToldWhenTheyComeLater() {
        machine.start(Machine.settings(directory).with(NetworkSettings.PEX_ENABLED, false));
        Pupil pupil = new Pupil();
        machine.parts.add(pupil);
        await().untilAsserted(() -> assertThat(pupil.pex).contains(false));
        assertThat(pupil.places).containsOnly(Optional.empty());
    }

    @Test
    void whoLeavesWhileTheEngineStartsIsNamedAsTheReason() {
        SessionPart left =
                (settings, place) -> {
                    throw new NoClassDefFoundError("its bundle has gone");
                };
        machine.parts.add(left);
        Settings settings = Machine.settings(directory);
        assertThatThrownBy(() -> machine.start(settings))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.code()).isEqualTo(EngineException.Code.UNSUPPORTED))
                .hasMessage("a part left while the engine started");
        machine.parts.remove(left);
        assertThat(machine.start(settings).status().listenPort()).isPositive();
    }
}
