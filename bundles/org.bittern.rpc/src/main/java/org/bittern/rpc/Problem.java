package org.bittern.rpc;

import java.util.Map;

/**
 * What goes wrong in extended methods. The texts are stable, since clients translate them; what is
 * special about a case is in {@code detail}.
 */
public enum Problem {
    ENGINE_UNAVAILABLE(RpcError.INTERNAL, "engine unavailable"),
    INVALID_ARGUMENT(RpcError.INVALID_PARAMS, "invalid argument"),
    PATH_NOT_FOUND(RpcError.SYSTEM, "path not found"),
    PATH_UNREACHABLE(RpcError.SYSTEM, "path unreachable"),
    ACCESS_DENIED(RpcError.SYSTEM, "access denied"),
    PERMISSION_DENIED(RpcError.SYSTEM, "permission denied"),
    NO_DESKTOP(RpcError.SYSTEM, "no desktop session"),
    NOT_SUPPORTED(RpcError.SYSTEM, "not supported"),
    /** Anything else; the detail says what. */
    FAILED(RpcError.SYSTEM, "failed");

    /** Name of the member beside {@code message} that tells more. */
    private static final String DETAIL = "detail";

    private final RpcError error;
    private final String text;

    Problem(RpcError error, String text) {
        this.error = error;
        this.text = text;
    }

    /** For clients to translate. */
    public String text() {
        return text;
    }

    /** A refusal with nothing to add. */
    public RpcException refusal() {
        return new RpcException(error, text);
    }

    /**
     * A refusal.
     *
     * @param detail for a person; never a secret
     */
    public RpcException refusal(String detail) {
        return new RpcException(error, text, Map.of(DETAIL, detail));
    }

    /**
     * A refusal of a method that has results of its own.
     *
     * @param detail for a person; never a secret
     * @param result the word in {@code result} of the legacy dialect, such as {@code
     *     permission-denied}
     */
    public RpcException refusal(String detail, String result) {
        return new RpcException(error, text, Map.of(DETAIL, detail), result);
    }
}
