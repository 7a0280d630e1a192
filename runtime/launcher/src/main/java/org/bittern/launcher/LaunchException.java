package org.bittern.launcher;

/** The runtime cannot be started; the line is for the person who tried. */
final class LaunchException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String line;

    LaunchException(String line) {
        super(line);
        this.line = line;
    }

    LaunchException(String line, Throwable cause) {
        super(line, cause);
        this.line = line;
    }

    /** What went wrong, without a line break. */
    String line() {
        return line;
    }
}
