package org.bittern.stream.brain.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.bittern.stream.brain.internal.Outbox.Work;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits to be said. */
@Timeout(30)
class OutboxTest {
    private final Outbox outbox = new Outbox();

    @Test
    void answersGoFirstAndAGroupIsLookedThroughOnce() throws Exception {
        Statement answer = new Statement.Unregister("x");
        outbox.look(Optional.of("a"));
        outbox.look(Optional.of("b"));
        outbox.look(Optional.of("a"));
        outbox.say(answer);
        assertThat(outbox.take(1)).isEqualTo(new Work.Say(answer));
        assertThat(outbox.take(1)).isEqualTo(new Work.Look(Optional.of("a")));
        assertThat(outbox.take(1)).isEqualTo(new Work.Look(Optional.of("b")));
        assertThat(outbox.take(1)).isEqualTo(new Work.Nothing());
    }

    @Test
    void manyGroupsAreLookedThroughAtOnce() throws Exception {
        for (int i = 0; i <= Outbox.MOST_GROUPS; i++) {
            outbox.look(Optional.of("group " + i));
        }
        outbox.look(Optional.of("one more"));
        assertThat(outbox.take(1)).isEqualTo(new Work.Look(Optional.empty()));
        assertThat(outbox.take(1)).isEqualTo(new Work.Nothing());
    }

    @Test
    void anIoSideThatTakesNothingIsLeft() throws Exception {
        for (int i = 0; i < Outbox.MOST_ANSWERS; i++) {
            outbox.say(new Statement.Unregister("x"));
        }
        assertThat(outbox.take(1)).isInstanceOf(Work.Say.class);
        outbox.say(new Statement.Unregister("x"));
        outbox.say(new Statement.Unregister("x"));
        assertThatThrownBy(() -> outbox.take(1)).hasMessageContaining("does not take");
    }
}
