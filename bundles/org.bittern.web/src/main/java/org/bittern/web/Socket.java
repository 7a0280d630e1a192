package org.bittern.web;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The server's end of a WebSocket. Thread-safe; every method returns at once. Clients are pinged,
 * and those that do not answer are dropped.
 */
@ProviderType
public interface Socket {
    /**
     * Sends a text message.
     *
     * @return completes when it was handed to the system; fails when the socket is closed. A caller
     *     that does not wait for it queues messages in memory
     */
    CompletionStage<Void> send(String text);

    /**
     * Sends a part of a text message, so that a long one is never in memory as a whole. The next
     * part is sent when the stage has completed; no other message may come between.
     *
     * @param last the message ends with it
     */
    CompletionStage<Void> send(String part, boolean last);

    /** Sends a binary message; the array must not be changed until the stage completes. */
    CompletionStage<Void> send(byte[] bytes);

    /**
     * Closes after what was sent before; a client that does not take that is cut off after some
     * seconds.
     *
     * @param code of RFC 6455, such as 1001 (going away) or 1013 (try again later)
     */
    void close(int code, String reason);

    boolean isOpen();
}
