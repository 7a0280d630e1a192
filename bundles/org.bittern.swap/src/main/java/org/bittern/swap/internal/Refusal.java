package org.bittern.swap.internal;

import java.io.Serial;

/** Something was not done; its message is the one line that a person reads. */
final class Refusal extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    Refusal(String message) {
        super(message);
    }

    Refusal(String message, Throwable cause) {
        super(message, cause);
    }
}
