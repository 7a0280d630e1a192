package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.WebSeedProtocol;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bundle that asks web servers for files is exchanged during a download. */
@Timeout(60)
class WebSeedSwapTest {
    /** Half of the time after which a server that failed is asked again. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    @TempDir private Path directory = Path.of(".");
    private @Nullable Machine made;

    private final Servers first = new Servers();
    private final Servers second = new Servers();

    @BeforeEach
    void beginADownload() throws Exception {
        made = new Machine();
        machine().parts.use(first);
        machine().start(Machine.settings(directory));
        machine()
                .add(
                        Payload.single("one.bin", 100_000, 16_384, 11)
                                .at("http://127.0.0.1:1/one.bin")
                                .request());
        assertAsked(first);
    }

    @AfterEach
    void close() {
        machine().close();
    }

    @Test
    void theNextOneAsksAtOnceWhenItStartsAfterTheOldOneHasLeft() {
        machine().parts.drop(first);
        first.leave();
        machine().parts.use(second);
        assertAsked(second);
    }

    @Test
    void theNextOneAsksAtOnceWhenItStartsBeforeTheOldOneLeaves() {
        machine().parts.use(second);
        machine().parts.drop(first);
        first.leave();
        assertAsked(second);
        assertThat(first.links).as("links that were opened later").isEmpty();
    }

    private static void assertAsked(Servers servers) {
        await().atMost(AT_ONCE).untilAsserted(() -> assertThat(servers.links).hasSize(1));
    }

    private Machine machine() {
        if (made == null) {
            throw new IllegalStateException("no machine was made");
        }
        return made;
    }

    /** Opens links on which nothing ever comes. */
    private static final class Servers implements WebSeedProtocol {
        private final BlockingQueue<Link> links = new LinkedBlockingQueue<>();

        private record Link(EventLoop loop, LinkEvents events) {}

        @Override
        public void open(EventLoop loop, Seed seed, byte[] peerId, LinkEvents events) {
            links.add(new Link(loop, events));
        }

        /** As a bundle closes its links when it stops. */
        void leave() {
            Link link;
            while ((link = links.poll()) != null) {
                LinkEvents events = link.events;
                link.loop.execute(() -> events.closed(false, "the bundle stops"));
            }
        }
    }
}
