package org.bittern.portmap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.Subscription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GatewayPortMapperTest {
    /** Long enough for a mapping that does not wait. */
    private static final long SLOW_MILLIS = 400;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final CountDownLatch mappedAgain = new CountDownLatch(2);
    private final GatewayPortMapper mapper =
            new GatewayPortMapper(bound -> List.of(new SlowGateway()));

    /** Takes its time to give a port back. */
    private final class SlowGateway implements MapMethod {
        @Override
        public String name() {
            return "slow";
        }

        @Override
        public Mapped map(Kind kind, int port, int wanted) {
            log.add("map " + kind + " " + port);
            if (kind == Kind.TCP) {
                mappedAgain.countDown();
            }
            return new Mapped(Optional.empty(), port, 0);
        }

        @Override
        public void unmap(Kind kind, int port, int mapped) throws IOException {
            try {
                if (kind == Kind.TCP) {
                    var _ = mappedAgain.await(SLOW_MILLIS, TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            log.add("unmap " + kind + " " + port);
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        mapper.stop();
    }

    @Test
    void aPortIsGivenBackBeforeItIsMappedAgain() {
        Subscription first = mapper.map(6881, outside -> {});
        await().until(() -> mapper.forwardings().getFirst().externalPort() == 6881);
        first.close();
        Subscription second = mapper.map(6881, outside -> {});
        await().until(() -> mapper.forwardings().getFirst().externalPort() == 6881);
        assertThat(log)
                .containsExactly(
                        "map TCP 6881",
                        "map UDP 6881",
                        "unmap TCP 6881",
                        "unmap UDP 6881",
                        "map TCP 6881",
                        "map UDP 6881");
        second.close();
    }

    @Test
    void anotherPortWaitsForNobody() {
        Subscription first = mapper.map(6881, outside -> {});
        await().until(() -> mapper.forwardings().getFirst().externalPort() == 6881);
        first.close();
        mapper.map(6882, outside -> {});
        await().until(() -> mapper.forwardings().getFirst().externalPort() == 6882);
        await().until(() -> log.contains("unmap TCP 6881"));
        assertThat(log.indexOf("map TCP 6882")).isLessThan(log.indexOf("unmap TCP 6881"));
    }
}
