package org.bittern.engine.internal.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.SeedAction;
import org.bittern.api.engine.SeedLimits;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentOptions.LimitMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SeedRulesTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final Settings SESSION =
            Settings.EMPTY
                    .with(EngineSettings.RATIO_LIMIT_ENABLED, true)
                    .with(EngineSettings.RATIO_LIMIT, 2.0)
                    .with(EngineSettings.SEED_LIMIT_ACTION, SeedAction.REMOVE);
    private static final SeedLimits LABEL =
            new SeedLimits(
                    OptionalDouble.of(3),
                    Optional.of(Duration.ofMinutes(5)),
                    Optional.empty(),
                    SeedAction.SUPER_SEED);

    private static SeedRules.Progress at(double ratio, long idleMinutes, long seedingMinutes) {
        return new SeedRules.Progress(ratio, idleMinutes * MINUTE, seedingMinutes * MINUTE);
    }

    @Test
    void nothingIsReachedWithoutLimits() {
        SeedRules rules = SeedRules.of(Settings.EMPTY, SeedLimits.NONE, Settings.EMPTY);
        assertThat(rules.reached(at(1e9, 1_000_000, 1_000_000))).isEmpty();
        assertThat(rules.nanosLeft(at(0, 0, 0))).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theSessionHoldsUnlessALabelOrTheTorrentSaysOtherwise() {
        SeedRules session = SeedRules.of(Settings.EMPTY, SeedLimits.NONE, SESSION);
        assertThat(session.reached(at(1.9, 0, 0))).isEmpty();
        assertThat(session.reached(at(2, 0, 0))).contains(SeedAction.REMOVE);
        SeedRules label = SeedRules.of(Settings.EMPTY, LABEL, SESSION);
        assertThat(label.reached(at(2.9, 4, 0))).isEmpty();
        assertThat(label.reached(at(3, 0, 0))).contains(SeedAction.SUPER_SEED);
        Settings own =
                Settings.EMPTY
                        .with(TorrentOptions.SEED_RATIO_MODE, LimitMode.OWN)
                        .with(TorrentOptions.SEED_RATIO_LIMIT, 0.5)
                        .with(TorrentOptions.SEED_IDLE_MODE, LimitMode.UNLIMITED);
        SeedRules torrent = SeedRules.of(own, LABEL, SESSION);
        assertThat(torrent.reached(at(0.4, 1000, 0))).isEmpty();
        assertThat(torrent.reached(at(0.5, 0, 0))).contains(SeedAction.STOP);
    }

    @Test
    void saysHowLongItTakesIfNothingMoves() {
        Settings own =
                Settings.EMPTY
                        .with(TorrentOptions.SEED_TIME_MODE, LimitMode.OWN)
                        .with(TorrentOptions.SEED_TIME_LIMIT, 60);
        SeedRules rules = SeedRules.of(own, LABEL, Settings.EMPTY);
        assertThat(rules.nanosLeft(at(0, 1, 10))).isEqualTo(4 * MINUTE);
        assertThat(rules.nanosLeft(at(0, 1, 58))).isEqualTo(2 * MINUTE);
        assertThat(rules.nanosLeft(at(0, 9, 58))).isZero();
        assertThat(rules.reached(SeedRules.Kind.TIME, at(0, 0, 60))).isTrue();
        assertThat(rules.reached(SeedRules.Kind.IDLE, at(0, 0, 60))).isFalse();
    }
}
