package org.bittern.stream.brain.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has one conversation after the other until its thread is interrupted. */
final class Redialler implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Redialler.class);

    private final Wire.Dialler dialler;
    private final Supplier<Conversation> conversations;
    private final Pauses pauses;
    private final LongSupplier nanos;
    private final Sleep sleep;
    private boolean told; // that nobody is there; once is enough

    /** Waits. */
    @FunctionalInterface
    interface Sleep {
        void lasting(Duration time) throws InterruptedException;
    }

    Redialler(
            Wire.Dialler dialler,
            Supplier<Conversation> conversations,
            Pauses pauses,
            LongSupplier nanos,
            Sleep sleep) {
        this.dialler = dialler;
        this.conversations = conversations;
        this.pauses = pauses;
        this.nanos = nanos;
        this.sleep = sleep;
    }

    @Override
    public void run() {
        try {
            while (true) {
                sleep.lasting(pauses.after(connection()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the component stops
        }
    }

    /** One connection; how long it lasted. */
    private Duration connection() throws InterruptedException {
        Conversation conversation = conversations.get();
        long began = nanos.getAsLong();
        boolean connected = false;
        try (Wire wire = dialler.dial(conversation)) {
            began = nanos.getAsLong();
            connected = true;
            told = false;
            log.info("connected to the I/O side");
            conversation.speak(wire);
        } catch (IOException e) {
            if (told) {
                log.debug("the I/O side: {}", e.getMessage());
            } else {
                log.warn("the I/O side: {}; it is dialled again and again", e.getMessage());
                told = true;
            }
        } catch (RuntimeException e) { // a fault in one conversation must not be the end of all
            log.error("the conversation with the I/O side failed", e);
        }
        return connected ? Duration.ofNanos(nanos.getAsLong() - began) : Duration.ZERO;
    }
}
