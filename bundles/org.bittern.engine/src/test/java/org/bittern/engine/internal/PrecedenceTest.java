package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who leaves a full swarm for a newcomer. */
@Timeout(20)
class PrecedenceTest {
    private static final InetSocketAddress LOW = peer("192.0.2.1");
    private static final InetSocketAddress MIDDLE = peer("198.51.100.1");
    private static final InetSocketAddress HIGH = peer("203.0.113.1");
    private static final InetSocketAddress UNRANKED = peer("2001:db8::1");

    private final Map<InetSocketAddress, Long> ranks =
            new HashMap<>(Map.of(LOW, 1L, MIDDLE, 2L, HIGH, 0xffff_ffffL));
    private final Precedence precedence =
            new Precedence(address -> {
                Long rank = ranks.get(address);
                return rank == null ? OptionalLong.empty() : OptionalLong.of(rank);
            });
    private long now = Long.MAX_VALUE - 1; // times are compared by difference

    private static InetSocketAddress peer(String host) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), 6881);
    }

    private Optional<InetSocketAddress> leaving(
            InetSocketAddress newcomer, InetSocketAddress... silent) {
        return precedence.leaving(newcomer, List.of(silent), List.of(silent), now);
    }

    @Test
    void theLowestOfThoseWhoRankBelowTheNewcomer() {
        assertThat(leaving(HIGH, MIDDLE, LOW, UNRANKED)).contains(LOW);
        assertThat(leaving(MIDDLE, LOW, HIGH)).contains(LOW);
        assertThat(leaving(MIDDLE, HIGH)).isEmpty();
        assertThat(leaving(LOW, MIDDLE, HIGH)).isEmpty();
        assertThat(leaving(HIGH)).as("all are of use").isEmpty();
    }

    @Test
    void nobodyForOneOfTheSameRank() {
        ranks.put(HIGH, 2L);
        assertThat(leaving(HIGH, MIDDLE)).isEmpty();
    }

    @Test
    void nobodyWhileNoRanksAreKnown() {
        assertThat(leaving(UNRANKED, LOW)).as("the newcomer's").isEmpty();
        assertThat(leaving(HIGH, UNRANKED)).as("the other's").isEmpty();
    }

    @Test
    void nobodyForASecondOneOfANetwork() {
        InetSocketAddress neighbour = peer("203.0.113.77");
        InetSocketAddress inItsSite = peer("2001:db8:0:ffff::9");
        InetSocketAddress inAnother = peer("2001:db8:1::9");
        List.of(neighbour, inItsSite, inAnother).forEach(each -> ranks.put(each, 9L));
        List<InetSocketAddress> present = List.of(LOW, HIGH, UNRANKED);
        List<InetSocketAddress> silent = List.of(LOW);
        assertThat(precedence.leaving(neighbour, present, silent, now)).isEmpty();
        assertThat(precedence.leaving(inItsSite, present, silent, now)).isEmpty();
        assertThat(precedence.leaving(inAnother, present, silent, now)).contains(LOW);
    }

    @Test
    void onlyOneInAWhile() {
        assertThat(leaving(HIGH, LOW)).isPresent();
        assertThat(leaving(HIGH, LOW)).as("who left in the end is told").isPresent();
        precedence.used(now);
        now += Precedence.PAUSE_NANOS - 1;
        assertThat(leaving(HIGH, LOW)).isEmpty();
        now++;
        assertThat(leaving(HIGH, LOW)).isPresent();
    }
}
