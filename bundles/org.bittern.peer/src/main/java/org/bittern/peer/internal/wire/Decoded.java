package org.bittern.peer.internal.wire;

import org.bittern.spi.peer.PeerMessage;

/** What a frame turned out to be. */
public sealed interface Decoded {

    /** A message for the engine. */
    record Message(PeerMessage message) implements Decoded {}

    /** Nothing that concerns us, for example an extension that we do not speak. */
    record Ignored() implements Decoded {}

    /**
     * The peer broke the protocol.
     *
     * @param reason one line: what, which value, what is allowed
     */
    record Violation(String reason) implements Decoded {}

    /** The one value of its kind. */
    Decoded IGNORED = new Ignored();

    static Decoded of(PeerMessage message) {
        return new Message(message);
    }

    static Decoded violation(String reason) {
        return new Violation(reason);
    }
}
