package org.bittern.engine.internal.choice;

/** Resume data cannot be used. The message says what is wrong. */
public final class ResumeException extends Exception {
    private static final long serialVersionUID = 1L;

    ResumeException(String message) {
        super(message);
    }

    ResumeException(String message, Throwable cause) {
        super(message, cause);
    }
}
