package org.bittern.stream.internal;

import java.util.OptionalInt;

/** Why a stream ends before its last byte. */
final class Ending extends Exception {
    private static final long serialVersionUID = 1L;

    /** Who ends it. */
    enum Cause {
        /** The client has gone: nobody hears an answer. */
        CLIENT,
        /** The data will not come. */
        BRAIN,
        /** This bundle stops, or the file is withdrawn. */
        US
    }

    private final Cause cause;
    private final transient OptionalInt status;

    Ending(Cause cause, OptionalInt status, String reason) {
        super(reason, null, false, false); // part of normal life: no stack trace
        this.cause = cause;
        this.status = status;
    }

    static Ending gone() {
        return new Ending(Cause.CLIENT, OptionalInt.empty(), "the client has gone");
    }

    Cause by() {
        return cause;
    }

    /** The brain's wish. */
    OptionalInt status() {
        return status;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
