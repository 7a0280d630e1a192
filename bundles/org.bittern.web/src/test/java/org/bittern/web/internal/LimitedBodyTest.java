package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LimitedBodyTest {
    private final Semaphore large = new Semaphore(1);
    private Instant now = Instant.EPOCH;

    @Test
    void aBodyOfExactlyTheLimitPasses() throws IOException {
        LimitedBody body = body(1000, 1000);
        assertThat(body.readAllBytes()).hasSize(1000);
        assertThat(body.refusal()).isNull();
    }

    @Test
    void oneByteMoreIsRefusedWithoutReadingTheRest() {
        Blanks blanks = new Blanks(Long.MAX_VALUE, Duration.ZERO, 100);
        LimitedBody body = new LimitedBody(blanks, 1000, large, () -> now);
        assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
        assertThat(body.refusal()).extracting(Refusal::status).isEqualTo(413);
        assertThat(blanks.given).isBetween(1001L, 2000L);
        assertThatThrownBy(body::read).isInstanceOf(IOException.class);
    }

    @Test
    void aBodyThatTricklesIsRefused() {
        Blanks blanks = new Blanks(Long.MAX_VALUE, Duration.ofSeconds(1), 1);
        LimitedBody body = new LimitedBody(blanks, 1 << 20, large, () -> now);
        assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
        assertThat(body.refusal()).extracting(Refusal::status).isEqualTo(408);
        assertThat(now).isBefore(Instant.EPOCH.plus(LimitedBody.GRACE).plusSeconds(3));
    }

    @Test
    void silenceIsATimeoutToo() {
        LimitedBody body =
                new LimitedBody(
                        new Blanks(0, Duration.ZERO, 1) {
                            @Override
                            public int read(byte[] bytes, int begin, int length)
                                    throws IOException {
                                throw new IOException(new TimeoutException("idle"));
                            }
                        },
                        1 << 20,
                        large,
                        () -> now);
        assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
        assertThat(body.refusal()).extracting(Refusal::status).isEqualTo(408);
    }

    @Test
    void largeBodiesTakeTurns() throws IOException {
        LimitedBody first = body(2 << 20, 4 << 20);
        assertThat(first.readAllBytes().length).isEqualTo(2 << 20);
        assertThat(large.availablePermits()).isZero();
        assertThat(body(1000, 4 << 20).readAllBytes()).hasSize(1000);
        first.release();
        first.release();
        assertThat(large.availablePermits()).isEqualTo(1);
    }

    private LimitedBody body(long bytes, long limit) {
        return new LimitedBody(
                new Blanks(bytes, Duration.ZERO, Integer.MAX_VALUE), limit, large, () -> now);
    }

    /** So many blanks; each read takes some time. */
    private class Blanks extends ServletInputStream {
        private final long total;
        private final Duration time;
        private final int atOnce;
        private long given;

        Blanks(long total, Duration time, int atOnce) {
            this.total = total;
            this.time = time;
            this.atOnce = atOnce;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] bytes, int begin, int length) throws IOException {
            now = now.plus(time);
            int count = (int) Math.min(total - given, Math.min(length, atOnce));
            given += count;
            return count == 0 && length > 0 ? -1 : count;
        }

        @Override
        public boolean isFinished() {
            return given == total;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new IllegalStateException("not used");
        }
    }
}
