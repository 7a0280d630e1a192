package org.bittern.terminal;

import java.io.Console;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where a command speaks: results on standard output, everything else on standard error.
 *
 * <p>Texts from torrents and peers go through {@link Printable} first, so that they cannot move the
 * cursor or change the window.
 */
public final class Terminal {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean interactive;

    /**
     * A terminal on two streams.
     *
     * @param interactive a person is watching: progress is shown
     */
    public Terminal(OutputStream out, OutputStream err, boolean interactive) {
        this.out = new PrintWriter(out, true, StandardCharsets.UTF_8);
        this.err = new PrintWriter(err, true, StandardCharsets.UTF_8);
        this.interactive = interactive;
    }

    /** True when standard input and output are a terminal. */
    public static boolean isInteractive() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    /** For results. */
    public PrintWriter out() {
        return out;
    }

    /** For everything else. */
    public PrintWriter err() {
        return err;
    }

    /** Whether a person is watching. */
    public boolean interactive() {
        return interactive;
    }

    /** A result. */
    public void say(String line) {
        out.println(line);
    }

    /** A remark for the person, not part of the result. */
    public void remark(String line) {
        err.println(line);
    }

    /** Why it failed, one line. */
    public void complain(String line) {
        err.println("bittern: " + Printable.line(line));
    }

    /** Sends out what is still here. */
    public void flush() {
        out.flush();
        err.flush();
    }

    /** Whether results went nowhere: the disk is full, or who read them has gone. */
    public boolean lostResults() {
        return out.checkError();
    }
}
