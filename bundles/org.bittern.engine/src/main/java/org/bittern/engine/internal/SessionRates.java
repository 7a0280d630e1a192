package org.bittern.engine.internal;

import java.util.concurrent.atomic.LongAdder;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.spi.net.LoopGroup;
import org.bittern.spi.net.RateBucket;
import org.bittern.spi.net.RateLimit;

/** The rate limits of a session above those of its torrents, and what it moved. Thread-safe. */
final class SessionRates {
    private final LoopGroup loops;
    private final RateBucket down;
    private final RateBucket up;

    /** Payload since the session began, bytes. */
    final LongAdder downloaded = new LongAdder();

    /** Payload since the session began, bytes. */
    final LongAdder uploaded = new LongAdder();

    SessionRates(LoopGroup loops, Settings settings) {
        this.loops = loops;
        down = loops.bucket(0, RateLimit.NONE);
        up = loops.bucket(0, RateLimit.NONE);
        apply(settings);
    }

    void apply(Settings settings) {
        down.rate(
                limit(
                        settings,
                        EngineSettings.SPEED_LIMIT_DOWN_ENABLED,
                        EngineSettings.SPEED_LIMIT_DOWN));
        up.rate(
                limit(
                        settings,
                        EngineSettings.SPEED_LIMIT_UP_ENABLED,
                        EngineSettings.SPEED_LIMIT_UP));
    }

    /** A bucket for the downloads of one torrent. */
    RateBucket down(long bytesPerSecond) {
        return loops.bucket(bytesPerSecond, down);
    }

    /** A bucket for the uploads of one torrent. */
    RateBucket up(long bytesPerSecond) {
        return loops.bucket(bytesPerSecond, up);
    }

    private static long limit(Settings settings, Setting<Boolean> enabled, Setting<Long> rate) {
        return settings.get(enabled) ? Math.max(1, settings.get(rate)) : 0;
    }
}
