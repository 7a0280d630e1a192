package org.bittern.standalone.internal;

/** Something that was typed cannot be done; the message is one line for a person. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
        super(message);
    }
}
