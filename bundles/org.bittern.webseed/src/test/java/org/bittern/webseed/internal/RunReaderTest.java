package org.bittern.webseed.internal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.net.RateLimit;
import org.bittern.spi.peer.PeerMessage.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RunReaderTest {
    private static final int BYTES = 10_000;

    /** A pool as it is when all of it is out. */
    private static final class UsedUp implements BufferPool {
        @Override
        public PooledBuffer take(int bytes) {
            throw new IllegalStateException("no buffer of " + bytes + " bytes");
        }

        @Override
        public long usedBytes() {
            return Long.MAX_VALUE;
        }
    }

    @Test
    void withoutMemoryItFailsAsWhenTheServerDoes() throws Exception {
        Metainfo metainfo = Torrents.single("f", BYTES);
        SeedUrls urls = new SeedUrls("http://server/f", metainfo);
        Request block = new Request(0, 0, BYTES);
        Files server = (_, _, _) -> InputStream.nullInputStream();
        Run run = new Run(List.of(block));
        try (RunReader reader = new RunReader(metainfo, urls, server, RateLimit.NONE, run)) {
            assertThatThrownBy(() -> reader.read(block, new UsedUp()))
                    .isInstanceOf(IOException.class);
        }
    }
}
