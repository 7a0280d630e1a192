package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Addresses, passwords, and those who guess. */
@Timeout(20)
class CallersTest {
    private Instant now = Instant.EPOCH;

    @Test
    void eachWaitIsLongerButLoopbackIsNeverLockedOutForLong() throws Exception {
        Lockout lockout = new Lockout(() -> now);
        InetAddress far = InetAddress.ofLiteral("192.0.2.1");
        InetAddress near = InetAddress.ofLiteral("127.0.0.1");
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 12 * Lockout.FAILURES; i++) {
            lockout.failed(far);
            lockout.failed(near);
            if (i % Lockout.FAILURES == Lockout.FAILURES - 1) {
                waits.add(lockout.remaining(far).orElseThrow());
            }
        }
        assertThat(waits).isSorted().startsWith(Lockout.FIRST_WAIT).endsWith(Lockout.LONGEST_WAIT);
        assertThat(lockout.remaining(near)).contains(Lockout.LONGEST_LOCAL_WAIT);
        assertThat(lockout.remaining(InetAddress.ofLiteral("192.0.2.2"))).isEmpty();
    }

    @Test
    void failuresOfAnyMinuteCountWhereverItBegins() throws Exception {
        Lockout lockout = new Lockout(() -> now);
        InetAddress far = InetAddress.ofLiteral("192.0.2.1");
        lockout.failed(far);
        now = now.plusSeconds(59);
        for (int i = 0; i < Lockout.FAILURES - 2; i++) {
            lockout.failed(far);
        }
        now = now.plusSeconds(2); // the first is older than a minute now
        lockout.failed(far);
        assertThat(lockout.remaining(far)).isEmpty();
        lockout.failed(far);
        assertThat(lockout.remaining(far)).contains(Lockout.FIRST_WAIT);
        now = now.plus(Lockout.FIRST_WAIT);
        for (int i = 0; i < Lockout.FAILURES - 1; i++) {
            lockout.failed(far);
            assertThat(lockout.remaining(far)).as("those before the wait are over").isEmpty();
        }
    }

    @Test
    void whoFailsNowAndThenIsNotLockedOut() throws Exception {
        Lockout lockout = new Lockout(() -> now);
        InetAddress far = InetAddress.ofLiteral("192.0.2.1");
        for (int i = 0; i < 5 * Lockout.FAILURES; i++) {
            lockout.failed(far);
            assertThat(lockout.remaining(far)).isEmpty();
            now = now.plusSeconds(4); // sixteen a minute
        }
    }

    @Test
    void allOfTheLoopbackNetworkCountsAsLoopback() throws Exception {
        Addresses usual = new Addresses(true, "127.0.0.1,::1");
        assertThat(usual.allow(InetAddress.ofLiteral("127.9.8.7"))).isTrue();
        assertThat(usual.allow(InetAddress.ofLiteral("::1"))).isTrue();
        assertThat(usual.allow(InetAddress.ofLiteral("128.0.0.1"))).isFalse();
        assertThat(new Addresses(true, "::1").allow(InetAddress.ofLiteral("127.0.0.1"))).isFalse();
        assertThat(Addresses.text(InetAddress.ofLiteral("2001:db8::1:0:0:1")))
                .isEqualTo("2001:db8::1:0:0:1");
    }

    @Test
    void passwordsMayHoldColonsAndComeFromTransmission() {
        // Of Transmission: '{', SHA-1 of password and salt, salt.
        Credentials salted = new Credentials("me", "{" + sha1("a:b" + "saltsalt") + "saltsalt");
        assertThat(salted.open(basic("me:a:b"))).isTrue();
        assertThat(salted.open(basic("me:a"))).isFalse();
        assertThat(new Credentials("me", "a:b").open("BASIC " + basic("me:a:b").substring(6)))
                .isTrue();
        for (String wrong :
                List.of("", "Basic", "Basic !!!", basic("me"), basic("you:a:b"), "Digest x")) {
            assertThat(new Credentials("me", "a:b").open(wrong)).as(wrong).isFalse();
        }
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha1(String text) {
        return HexFormat.of().formatHex(Secret.digest("SHA-1", text));
    }
}
