package org.bittern.scaffold.internal;

/** A request whose body is not taken: too large or too slow. The connection is of no more use. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    Refused(int status, String message) {
        super(message);
        this.status = status;
    }

    Reply reply() {
        return Reply.failure(status, "InvalidRequest", getMessage()).with("Connection", "close");
    }
}
