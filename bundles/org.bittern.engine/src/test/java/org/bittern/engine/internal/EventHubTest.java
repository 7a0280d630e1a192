package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.Subscription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventHubTest {
    private final EventHub hub = new EventHub(Surroundings.SYSTEM);

    @Test
    void tellsASlowSubscriberHowMuchItMissedAndDelaysNobody() {
        CountDownLatch hold = new CountDownLatch(1);
        List<EngineEvent> slow = new CopyOnWriteArrayList<>();
        List<EngineEvent> quick = new CopyOnWriteArrayList<>();
        hub.subscribe(event -> {
            await(hold);
            slow.add(event);
        });
        hub.publish(event(0));
        Subscription other = hub.subscribe(quick::add);
        int more = 2 * Engine.EVENT_BACKLOG;
        for (int i = 1; i <= more; i++) {
            hub.publish(event(i));
            if (i % 100 == 0) {
                int told = i;
                Waiting.until(() -> quick.size() == told);
            }
        }
        other.close();
        hold.countDown();
        hub.publish(event(more + 1));
        Waiting.until(() -> slow.contains(event(more + 1)));
        assertThat(slow.get(0)).isEqualTo(event(0));
        assertThat(slow.get(1)).isInstanceOf(EngineEvent.Missed.class);
        long missed = ((EngineEvent.Missed) slow.get(1)).count();
        assertThat(slow).hasSize(more + 2 - (int) missed + 1);
        assertThat(quick).hasSize(more);
    }

    @Test
    void goesOnWhenASubscriberFails() {
        List<EngineEvent> told = new CopyOnWriteArrayList<>();
        hub.subscribe(event -> {
            told.add(event);
            throw new IllegalStateException("a subscriber that fails, on purpose");
        });
        hub.publish(event(1));
        hub.publish(event(2));
        Waiting.until(() -> told.size() == 2);
    }

    private static EngineEvent event(int number) {
        return new EngineEvent.SettingsChanged(Instant.EPOCH.plusSeconds(number), Set.of());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
