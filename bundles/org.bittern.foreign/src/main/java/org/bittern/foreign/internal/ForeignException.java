package org.bittern.foreign.internal;

/** What another program stored is not what we know how to read. */
public final class ForeignException extends Exception {
    private static final long serialVersionUID = 1L;

    ForeignException(String message) {
        super(message);
    }

    ForeignException(String message, Throwable cause) {
        super(message, cause);
    }
}
