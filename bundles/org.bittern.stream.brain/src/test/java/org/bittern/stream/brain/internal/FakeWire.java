package org.bittern.stream.brain.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what is sent. */
final class FakeWire implements Wire {
    static final String PING = "a ping";
    private static final int SECONDS = 30;

    private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    volatile boolean closed;

    /** What was sent next. */
    String next() throws InterruptedException {
        String text = sent.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(text).as("a message within %d s", SECONDS).isNotNull();
        return String.valueOf(text);
    }

    boolean isSilent() {
        return sent.isEmpty();
    }

    @Override
    public void send(String text) {
        sent.add(text);
    }

    @Override
    public void ping() {
        sent.add(PING);
    }

    @Override
    public void close() {
        closed = true;
    }
}
