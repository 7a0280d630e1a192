package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProblemTest {
    private static final Problem HOST = new Problem("component a", " waits for Host");
    private static final Problem OTHER = new Problem("component b", " waits for Host");

    /** What is seen one look after the other. */
    private static List<Problem> lasting(List<List<Problem>> looks) throws InterruptedException {
        Deque<List<Problem>> next = new ArrayDeque<>(looks);
        return Problem.lasting(next::pop, () -> true, looks.size() - 1);
    }

    @Test
    void whatIsThereAtEachLookLasts() throws InterruptedException {
        assertThat(lasting(List.of(List.of(HOST), List.of(OTHER, HOST), List.of(HOST))))
                .containsExactly(HOST);
    }

    @Test
    void whatIsExchangedAtTheFirstLookAndAgainAtTheLastIsNoProblem() throws InterruptedException {
        assertThat(lasting(List.of(List.of(HOST, OTHER), List.of(), List.of(HOST, OTHER))))
                .isEmpty();
    }

    @Test
    void whoLacksLessThanBeforeStillLacksSomething() throws InterruptedException {
        Problem more = new Problem(HOST.subject(), " waits for Host, Store");
        assertThat(lasting(List.of(List.of(more), List.of(HOST)))).containsExactly(HOST);
    }

    @Test
    void nothingIsSaidWhenAllEnds() throws InterruptedException {
        assertThat(Problem.lasting(() -> List.of(HOST), () -> false, 3)).isEmpty();
    }
}
