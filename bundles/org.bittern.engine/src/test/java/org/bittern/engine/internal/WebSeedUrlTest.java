package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.WebSeedProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WebSeedUrlTest {
    private static final List<String> LOOSE =
            List.of(
                    "http://127.0.0.1:1/My File.iso",
                    "http://127.0.0.1:1/a[1].zip",
                    "http://b\u00fccher.invalid/x",
                    "http://my_host/x");

    /** Opens links on which nothing ever comes. */
    private static final class Servers implements WebSeedProtocol {
        private final BlockingQueue<String> urls = new LinkedBlockingQueue<>();

        @Override
        public void open(EventLoop loop, Seed seed, byte[] peerId, LinkEvents events) {
            urls.add(seed.url());
        }
    }

    @Test
    void urlsAreUsedAsPeopleWriteThem(@TempDir Path directory) throws Exception {
        Servers servers = new Servers();
        try (Machine machine = new Machine()) {
            machine.parts.use(servers);
            machine.start(Machine.settings(directory));
            List<String> urls = new ArrayList<>(List.of("ftp://127.0.0.1/x", "http://"));
            urls.addAll(LOOSE);
            machine.add(
                    Payload.single("one.bin", 100_000, 16_384, 11)
                            .at(urls.toArray(String[]::new))
                            .request());
            List<String> asked = new ArrayList<>();
            while (asked.size() < LOOSE.size()) {
                String url = servers.urls.poll(20, TimeUnit.SECONDS);
                assertThat(url).as("after %s", asked).isNotNull();
                asked.add(url);
            }
            assertThat(asked).containsExactlyInAnyOrderElementsOf(LOOSE);
        }
    }
}
