package org.bittern.tinytorrent.system.internal;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/**
 * Starts programs, always by a list of arguments: nothing of them is read by a shell. Thread-safe.
 */
interface Programs {
    /**
     * Starts a program and waits for a moment whether it fails. What shows a window may run on for
     * as long as the window is open.
     *
     * @param command program and arguments
     * @return its exit code; empty while it runs on
     * @throws IOException it cannot be started
     */
    OptionalInt start(List<String> command) throws IOException;

    /**
     * Runs a program to its end.
     *
     * @return the first line that it prints, empty when there is none
     * @throws IOException it cannot be started, fails, or takes too long; the message names it
     */
    String run(List<String> command) throws IOException;

    /** Whether there is such a program in the search path. */
    boolean has(String program);
}
