package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who leaves a full swarm. */
@Timeout(20)
class TurnoverTest {
    private static final int LIMIT = 100;

    private final Turnover turnover = new Turnover();
    private final Map<String, Long> bytes = new HashMap<>();
    private long now = Long.MAX_VALUE - Turnover.LOOK_NANOS; // times are compared by difference

    private static List<String> peers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private List<String> look(List<String> peers) {
        now += Turnover.LOOK_NANOS;
        return turnover.leaving(peers, peer -> bytes.getOrDefault(peer, 0L), LIMIT, now);
    }

    @Test
    void afterALookTheIdleOnesFew() {
        assertThat(look(peers(LIMIT))).as("nobody is known for long").isEmpty();
        assertThat(look(peers(LIMIT))).containsExactly("0", "1", "2", "3");
        assertThat(turnover.leaving(peers(LIMIT), _ -> 0, LIMIT, now + 1)).isEmpty();
    }

    @Test
    void nobodyOverWhoseLinkSomethingGoes() {
        look(peers(LIMIT));
        peers(LIMIT).forEach(peer -> bytes.put(peer, peer.equals("7") ? 0L : 16_384L));
        assertThat(look(peers(LIMIT))).containsExactly("7");
        assertThat(look(peers(LIMIT))).as("and nothing went since").hasSize(4);
    }

    @Test
    void nobodyWhileThereIsRoom() {
        look(peers(LIMIT / 2));
        assertThat(look(peers(LIMIT / 2))).isEmpty();
        assertThat(look(peers(90))).as("half of them are new").containsExactly("0", "1", "2");
    }

    @Test
    void nobodyWhoCameMeanwhile() {
        look(peers(LIMIT));
        bytes.put("0", 1L);
        List<String> others = IntStream.range(500, 599).mapToObj(Integer::toString).toList();
        assertThat(look(others)).isEmpty();
    }

    @Test
    void silentAreThoseOfAWholeLookAndSince() {
        look(peers(2));
        assertThat(turnover.isSilent("0", 0)).as("known since now").isFalse();
        bytes.put("1", 5L);
        look(peers(2));
        assertThat(turnover.isSilent("0", 0)).isTrue();
        assertThat(turnover.isSilent("0", 1)).as("a block came since").isFalse();
        assertThat(turnover.isSilent("1", 5)).as("a block came before").isFalse();
        assertThat(turnover.isSilent("2", 0)).as("who came since").isFalse();
    }
}
