package org.bittern.terminal;

import org.jspecify.annotations.Nullable;

/** The command cannot do what was asked; the message is the one line that the user sees. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** It did not work. */
    public static final int EXIT_FAILURE = 1;

    /** It was asked for in a wrong way. */
    public static final int EXIT_USAGE = 2;

    private final int exitCode;

    /** Ends the process with {@link #EXIT_FAILURE}. */
    public CommandFailure(String message) {
        this(message, null);
    }

    /** Ends the process with {@link #EXIT_FAILURE}. */
    public CommandFailure(String message, @Nullable Throwable cause) {
        this(message, cause, EXIT_FAILURE);
    }

    /**
     * Ends the process with a code that scripts can tell from the others.
     *
     * @param cause null when it is nobody's exception
     * @param exitCode 1 to 255
     */
    public CommandFailure(String message, @Nullable Throwable cause, int exitCode) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** Of the process. */
    public int exitCode() {
        return exitCode;
    }
}
