package org.bittern.control;

import org.bittern.api.engine.EngineException;

/** A command that was refused: the code is part of the contract, the message is for a person. */
public final class ControlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    /** Makes one without a cause. */
    public ControlException(Code code, String message) {
        super(message);
        this.code = code;
    }

    private ControlException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** The same refusal in the words of the control planes. */
    public static ControlException of(EngineException e) {
        Code code =
                switch (e.code()) {
                    case ENGINE_NOT_RUNNING -> Code.ENGINE_NOT_RUNNING;
                    case ENGINE_ALREADY_RUNNING -> Code.ENGINE_ALREADY_RUNNING;
                    case TORRENT_NOT_FOUND -> Code.TORRENT_NOT_FOUND;
                    case INVALID_ARGUMENT,
                            INVALID_TORRENT,
                            INVALID_PATH,
                            PORT_IN_USE,
                            UNSUPPORTED ->
                            Code.INVALID_REQUEST;
                    case DISK, BUSY, INTERNAL -> Code.INTERNAL_ERROR;
                };
        return new ControlException(code, String.valueOf(e.getMessage()), e);
    }

    /** The same for a start: parts that are not installed are no fault of the caller. */
    static ControlException ofStart(EngineException e) {
        return switch (e.code()) {
            case ENGINE_NOT_RUNNING, UNSUPPORTED ->
                    new ControlException(Code.INTERNAL_ERROR, String.valueOf(e.getMessage()), e);
            default -> of(e);
        };
    }

    static ControlException invalid(String message) {
        return new ControlException(Code.INVALID_REQUEST, message);
    }

    /** What is wrong. */
    public enum Code {
        ENGINE_NOT_RUNNING("EngineNotRunning"),
        ENGINE_ALREADY_RUNNING("EngineAlreadyRunning"),
        TORRENT_NOT_FOUND("TorrentNotFound"),
        INVALID_REQUEST("InvalidRequest"),
        INTERNAL_ERROR("InternalError");

        private final String text;

        Code(String text) {
            this.text = text;
        }

        /** As it stands in answers. */
        public String text() {
            return text;
        }
    }
}
