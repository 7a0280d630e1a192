package org.bittern.terminal;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Runs command lines: every failure is one line on standard error and an exit code. */
public final class CommandLines {
    private static final Logger log = LoggerFactory.getLogger(CommandLines.class);

    private CommandLines() {}

    /**
     * Runs one command to its end.
     *
     * @return exit code: that of the command, of its {@link CommandFailure}, {@link
     *     CommandFailure#EXIT_USAGE} for words that are no such command, or {@link
     *     CommandFailure#EXIT_FAILURE} when its results could not be written, or when we made a
     *     mistake
     */
    public static int run(CommandLine line, Terminal terminal, List<String> arguments) {
        line.setOut(terminal.out());
        line.setErr(terminal.err());
        line.setExpandAtFiles(false); // a label or a name may begin with @
        line.setParameterExceptionHandler((failure, given) -> {
            terminal.complain(String.valueOf(failure.getMessage()));
            return CommandFailure.EXIT_USAGE;
        });
        line.setExecutionExceptionHandler((failure, command, result) -> {
            if (failure instanceof CommandFailure expected) {
                terminal.complain(String.valueOf(expected.getMessage()));
                return expected.exitCode();
            }
            return mistake(terminal, failure);
        });
        int exitCode;
        try {
            exitCode = line.execute(arguments.toArray(new String[0]));
        } catch (RuntimeException | Error e) { // picocli keeps only exceptions of commands
            exitCode = mistake(terminal, e);
        } finally {
            terminal.flush();
        }
        if (exitCode == 0 && terminal.lostResults()) {
            terminal.complain("standard output takes no more: the result is not complete");
            return CommandFailure.EXIT_FAILURE;
        }
        return exitCode;
    }

    private static int mistake(Terminal terminal, Throwable failure) {
        log.debug("the command failed", failure);
        terminal.complain("internal error: " + failure + " (BITTERN_LOG=debug says where)");
        return CommandFailure.EXIT_FAILURE;
    }
}
