package org.bittern.api.engine;

/** The caller asked for something that cannot be done; adapters translate the code. */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    /**
     * Makes one without a cause.
     *
     * @param message what, which value, what is allowed: one line for a person
     */
    public EngineException(Code code, String message) {
        super(message);
        this.code = code;
    }

    /**
     * Makes one with a cause.
     *
     * @param message what, which value, what is allowed: one line for a person
     */
    public EngineException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** By which adapters tell the cases apart. */
    public Code code() {
        return code;
    }

    /** What is wrong. */
    public enum Code {
        ENGINE_NOT_RUNNING,
        ENGINE_ALREADY_RUNNING,
        TORRENT_NOT_FOUND,
        INVALID_ARGUMENT,
        INVALID_TORRENT,
        /** A directory that cannot be used or written. */
        INVALID_PATH,
        PORT_IN_USE,
        UNSUPPORTED,
        DISK,
        /** Too many commands are waiting; try again later. */
        BUSY,
        INTERNAL
    }
}
