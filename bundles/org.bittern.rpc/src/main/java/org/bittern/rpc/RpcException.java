package org.bittern.rpc;

import java.util.Map;

/** A call that is refused; nothing was changed. */
public final class RpcException extends Exception {
    private static final long serialVersionUID = 1L;

    private final RpcError error;
    private final String result;
    private final transient Map<String, ?> details;

    /**
     * A refusal.
     *
     * @param text for a person; what the legacy dialect has in {@code result}
     */
    public RpcException(RpcError error, String text) {
        this(error, text, Map.of());
    }

    /**
     * A refusal that tells more.
     *
     * @param details in {@code arguments} beside the error; names of the legacy dialect
     */
    public RpcException(RpcError error, String text, Map<String, ?> details) {
        this(error, text, details, "error");
    }

    /**
     * A refusal of an extended method that has results of its own.
     *
     * @param result the word in {@code result} of the legacy dialect
     */
    public RpcException(RpcError error, String text, Map<String, ?> details, String result) {
        super(text);
        this.error = error;
        this.details = details;
        this.result = result;
    }

    public RpcError error() {
        return error;
    }

    /** For a person. */
    public String text() {
        return String.valueOf(getMessage());
    }

    public Map<String, ?> details() {
        return details;
    }

    /** The word in {@code result} when an extended method fails in the legacy dialect. */
    public String result() {
        return result;
    }
}
