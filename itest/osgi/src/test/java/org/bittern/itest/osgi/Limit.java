package org.bittern.itest.osgi;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.time.Duration;

/**
 * How long something may take. A machine that is said to be quiet ({@code bittern.swap.strict})
 * must be as fast as docs/exchanging-parts.md says; any other only so fast that nothing stands
 * still.
 */
public final class Limit {
    private static final boolean STRICT = Boolean.getBoolean("bittern.swap.strict");

    private Limit() {}

    /**
     * The limit for this machine now.
     *
     * @param any with a processor for everybody; longer where there is none
     */
    public static Duration of(Duration quiet, Duration any) {
        return STRICT ? quiet : Duration.ofNanos((long) (any.toNanos() * crowding()));
    }

    /** 1 on a machine with a processor for everybody. */
    private static double crowding() {
        OperatingSystemMXBean machine = ManagementFactory.getOperatingSystemMXBean();
        return Math.max(1, machine.getSystemLoadAverage() / machine.getAvailableProcessors());
    }
}
