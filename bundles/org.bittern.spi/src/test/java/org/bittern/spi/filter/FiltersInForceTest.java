package org.bittern.spi.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bittern.api.engine.Subscription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is asked while filters are exchanged. */
@Timeout(60)
class FiltersInForceTest {
    private static final InetAddress BAD = InetAddress.ofLiteral("10.0.0.1");
    private static final InetAddress WORSE = InetAddress.ofLiteral("10.0.0.2");

    private final Queue<Runnable> afterHold = new ArrayDeque<>();
    private final FiltersInForce filters = new FiltersInForce(afterHold::add);

    /** Blocks what it is told to, and keeps what it was asked. */
    private static final class Filter implements IpFilter {
        final List<InetAddress> asked = new CopyOnWriteArrayList<>();
        private Set<InetAddress> blocked = Set.of();
        private boolean ready;

        /** Has read its lists. */
        Filter loaded(InetAddress... addresses) {
            blocked = Set.of(addresses);
            ready = true;
            return this;
        }

        @Override
        public boolean blocks(InetAddress address) {
            asked.add(address);
            return blocked.contains(address);
        }

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public int rules() {
            return blocked.size();
        }

        @Override
        public Subscription onChange(Runnable changed) {
            return () -> {};
        }
    }

    @Test
    void withoutFiltersNobodyIsBlocked() {
        assertThat(filters.blocks(BAD)).isFalse();
        assertThat(filters.present()).isEmpty();
    }

    @Test
    void eachThatIsThereIsAsked() {
        filters.add(new Filter().loaded(BAD));
        filters.add(new Filter().loaded(WORSE));
        assertThat(filters.blocks(BAD)).isTrue();
        assertThat(filters.blocks(WORSE)).isTrue();
        assertThat(filters.blocks(InetAddress.ofLiteral("10.0.0.3"))).isFalse();
        assertThat(filters.present()).hasSize(2);
    }

    @Test
    void nobodySlipsInBetweenOneThatLeftAndTheNextOne() {
        Filter old = new Filter().loaded(BAD);
        filters.add(old);
        filters.remove(old);
        assertThat(filters.present()).isEmpty();
        assertThat(filters.blocks(BAD)).as("without any").isTrue();
        Filter next = new Filter();
        filters.add(next);
        assertThat(filters.blocks(BAD)).as("before the next one has loaded").isTrue();
        next.loaded(WORSE);
        assertThat(filters.blocks(BAD)).as("by a rule that is no more").isFalse();
        assertThat(filters.blocks(WORSE)).isTrue();
    }

    @Test
    void sideBySideTheOldOneIsAskedUntilTheNextOneHasLoaded() {
        Filter old = new Filter().loaded(BAD);
        Filter next = new Filter();
        filters.add(old);
        filters.add(next);
        filters.remove(old);
        assertThat(filters.blocks(BAD)).isTrue();
        next.loaded(BAD);
        old.asked.clear();
        assertThat(filters.blocks(BAD)).isTrue();
        assertThat(old.asked).as("asked in vain").isEmpty();
    }

    @Test
    void theRulesStayOverTwoExchangesInARow() {
        Filter old = new Filter().loaded(BAD);
        Filter hasty = new Filter();
        filters.add(old);
        filters.remove(old);
        filters.add(hasty);
        filters.remove(hasty);
        assertThat(filters.blocks(BAD)).isTrue();
        filters.add(new Filter().loaded());
        assertThat(filters.blocks(BAD)).isFalse();
    }

    @Test
    void whatWasSwitchedOffBlocksNobodyWhicheverCameFirst() {
        Filter before = new Filter().loaded(BAD);
        filters.add(before);
        before.loaded();
        filters.remove(before);
        assertThat(afterHold).as("nothing is kept of it").isEmpty();
        assertThat(filters.blocks(BAD)).isFalse();
        Filter after = new Filter().loaded(BAD);
        filters.add(after);
        filters.remove(after);
        filters.add(new Filter().loaded());
        assertThat(filters.blocks(BAD)).isFalse();
    }

    @Test
    void oneThatNobodyReplacesIsForgottenAfterAWhile() {
        Filter first = new Filter().loaded(BAD);
        Filter second = new Filter().loaded(WORSE);
        filters.add(first);
        filters.remove(first);
        filters.add(second);
        filters.blocks(WORSE);
        filters.remove(second);
        afterHold.remove().run();
        assertThat(filters.blocks(WORSE)).as("the time of another is over").isTrue();
        second.asked.clear();
        afterHold.remove().run();
        assertThat(filters.blocks(WORSE)).isFalse();
        assertThat(second.asked).isEmpty();
    }

    @Test
    void whatAnAnswerNeedsIsLoadedBeforeTheBundleHasGone() {
        Filter old = new Filter().loaded(BAD);
        filters.add(old);
        filters.remove(old);
        assertThat(old.asked)
                .extracting(address -> address.getAddress().length)
                .containsExactlyInAnyOrder(4, 16);
    }
}
