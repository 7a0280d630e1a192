package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class PieceHintsTest {
    private final PieceHints hints = new PieceHints();

    @Test
    void keepsWhatIsAllowedUntilThePeerRefusesIt() {
        assertThat(hints.allow(3)).isTrue();
        assertThat(hints.allow(5)).isTrue();
        hints.forbid(3);

        assertThat(hints.allowed()).containsExactly(5);
    }

    @Test
    void allowsNoMoreThanItKeeps() {
        IntStream.range(0, PieceHints.MOST).forEach(hints::allow);

        assertThat(hints.allow(PieceHints.MOST)).isFalse();
        assertThat(hints.allowed()).hasSize(PieceHints.MOST).doesNotContain(PieceHints.MOST);
    }

    @Test
    void forgetsTheOldestSuggestion() {
        IntStream.rangeClosed(0, PieceHints.MOST).forEach(hints::suggest);

        assertThat(hints.suggested())
                .hasSize(PieceHints.MOST)
                .startsWith(PieceHints.MOST, PieceHints.MOST - 1)
                .doesNotContain(0);
    }
}
