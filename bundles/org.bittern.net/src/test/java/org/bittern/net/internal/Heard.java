package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The texts of datagrams that came to a test. Thread-safe. */
final class Heard {
    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

    /** Takes one in; always true, as a receiver of datagrams answers. */
    boolean add(String text) {
        return texts.add(text);
    }

    /** The oldest that nobody has taken yet; waits for it. */
    String next() throws InterruptedException {
        String text = texts.poll(30, TimeUnit.SECONDS);
        assertThat(text).as("a datagram").isNotNull();
        return text;
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.US_ASCII.decode(bytes).toString();
    }
}
