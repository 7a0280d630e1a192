package org.bittern.gotorrent.internal;

/** The caller asked for something that cannot be done. */
final class CallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    CallException(int status, String message) {
        super(message);
        this.status = status;
    }

    Answer.Failure answer() {
        return new Answer.Failure(status, String.valueOf(getMessage()));
    }
}
