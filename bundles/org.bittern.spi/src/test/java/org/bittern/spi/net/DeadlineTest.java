package org.bittern.spi.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeadlineTest {
    private long now = Long.MAX_VALUE - 1; // the clock wraps before the time is over

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void tellsWhatIsLeftUntilNothingIs() throws SocketTimeoutException {
        Deadline deadline = Deadline.after(Duration.ofMillis(300), () -> now);
        assertThat(deadline.millisLeft()).isEqualTo(300);
        pass(Duration.ofMillis(299));
        assertThat(deadline.millisLeft()).isEqualTo(1);
        pass(Duration.ofNanos(1));
        assertThatThrownBy(deadline::millisLeft).isInstanceOf(SocketTimeoutException.class);
        pass(Duration.ofDays(1));
        assertThatThrownBy(deadline::millisLeft).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void tellsTheMostThatASocketCanWait() throws SocketTimeoutException {
        assertThat(Deadline.after(Duration.ofDays(30)).millisLeft()).isEqualTo(Integer.MAX_VALUE);
    }
}
