package org.bittern.web.internal;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers failed logins by address (IPv6 by its /64 network). After {@value #FAILURES} failures
 * within any minute an address must wait, twice as long each time. Thread-safe: a lock, held for a
 * look into a map.
 */
final class Lockout {
    /** Failures within {@link #WINDOW} before the first wait. */
    static final int FAILURES = 20;

    static final Duration WINDOW = Duration.ofMinutes(1);
    static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    static final Duration LONGEST_WAIT = Duration.ofHours(1);

    /** All users of this machine share the address: nobody may lock out the others for long. */
    static final Duration LONGEST_LOCAL_WAIT = Duration.ofSeconds(30);

    /** Addresses that are remembered; the one that failed longest ago is forgotten first. */
    static final int MAX_ADDRESSES = 10_000;

    private static final int NETWORK_BYTES = 8;
    private static final int MAX_DOUBLINGS = 16;

    private final InstantSource clock;
    private final Map<String, Failures> records =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
                    return size() > MAX_ADDRESSES;
                }
            };

    Lockout(InstantSource clock) {
        this.clock = clock;
    }

    /** How long this address must still wait; empty when it may try. */
    synchronized Optional<Duration> remaining(InetAddress address) {
        Failures one = records.get(key(address));
        if (one == null) {
            return Optional.empty();
        }
        Duration left = Duration.between(clock.instant(), one.lockedUntil);
        return left.isPositive() ? Optional.of(left) : Optional.empty();
    }

    /** A wrong password or token. */
    synchronized void failed(InetAddress address) {
        Instant now = clock.instant();
        Failures one = records.computeIfAbsent(key(address), key -> new Failures(now));
        one.total = forgotten(one, address, now) ? 1 : one.total + 1;
        one.lastFailure = now;
        if (one.isTooManyWith(now)) {
            one.sinceLock = 0;
            Duration longest = longest(address);
            Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(one.locks++, MAX_DOUBLINGS));
            one.lockedUntil = now.plus(wait.compareTo(longest) < 0 ? wait : longest);
        }
    }

    /** A right one: all is forgiven. */
    synchronized void succeeded(InetAddress address) {
        records.remove(key(address));
    }

    /** Wrong ones of this address since it last showed a right one, or paused for long. */
    synchronized int failures(InetAddress address) {
        Failures one = records.get(key(address));
        return one == null || forgotten(one, address, clock.instant()) ? 0 : one.total;
    }

    private static boolean forgotten(Failures one, InetAddress address, Instant now) {
        return Duration.between(one.lastFailure, now).compareTo(longest(address)) > 0;
    }

    private static Duration longest(InetAddress address) {
        return address.isLoopbackAddress() ? LONGEST_LOCAL_WAIT : LONGEST_WAIT;
    }

    private static String key(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of()
                .formatHex(bytes.length == 4 ? bytes : Arrays.copyOf(bytes, NETWORK_BYTES));
    }

    /** Of one address; owned by the lock of the map. */
    private static final class Failures {
        private final long[] moments = new long[FAILURES]; // the last ones, in turn; epoch millis
        private int sinceLock;
        private Instant lockedUntil = Instant.EPOCH;
        private Instant lastFailure;
        private int locks;
        private int total;

        Failures(Instant now) {
            lastFailure = now;
        }

        /** Notes one more; whether the last ones came within the window. */
        boolean isTooManyWith(Instant now) {
            moments[sinceLock++ % FAILURES] = now.toEpochMilli();
            long oldest = moments[sinceLock % FAILURES];
            return sinceLock >= FAILURES && now.toEpochMilli() - oldest <= WINDOW.toMillis();
        }
    }
}
