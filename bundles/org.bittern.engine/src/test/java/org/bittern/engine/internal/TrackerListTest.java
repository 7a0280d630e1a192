package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bittern.api.engine.EngineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TrackerListTest {
    private static final String A = "http://a.example/announce";
    private static final String B = "http://b.example/announce";
    private static final String C = "udp://c.example:80";
    private final TrackerList list = new TrackerList(List.of(List.of(A, B), List.of(C)));

    @Test
    void numbersStayWithTheirTrackers() {
        int c = list.numberOf(C);
        list.replace(list.edited(List.of(), Set.of(list.numberOf(A)), Map.of()));
        assertThat(list.tiers()).containsExactly(List.of(B), List.of(C));
        assertThat(list.numberOf(C)).isEqualTo(c);
        list.replace(list.edited(List.of(A), Set.of(), Map.of(list.numberOf(B), "udp://d:1")));
        assertThat(list.tiers()).containsExactly(List.of("udp://d:1"), List.of(C), List.of(A));
        list.replace(List.of());
        assertThat(list.edited(List.of(A, A), Set.of(), Map.of())).containsExactly(List.of(A));
    }

    @Test
    void refusesWhatChangesNothing() {
        refused(List.of(A), Set.of(), Map.of());
        refused(List.of(), Set.of(99), Map.of());
        refused(List.of(), Set.of(), Map.of(99, B));
        refused(List.of(), Set.of(), Map.of());
    }

    private void refused(List<String> added, Set<Integer> removed, Map<Integer, String> replaced) {
        assertThatThrownBy(() -> list.edited(added, removed, replaced))
                .isInstanceOf(EngineException.class);
    }

    @Test
    void addsTheTrackersOfTheSessionBehindItsOwn() {
        assertThat(list.with(Announces.tiers(" " + C + "\n" + B + "\n\n\nudp://e:1\n")))
                .containsExactly(List.of(A, B), List.of(C), List.of("udp://e:1"));
        assertThat(Announces.tiers("\n \n")).isEmpty();
    }
}
