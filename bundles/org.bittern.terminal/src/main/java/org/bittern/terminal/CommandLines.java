package org.bittern.terminal;

import java.util.List;
import picocli.CommandLine;

/** Runs command lines: every failure is one line on standard error and an exit code. */
public final class CommandLines {
    private CommandLines() {}

    /**
     * Runs one command to its end.
     *
     * @return exit code: that of the command, of its {@link CommandFailure}, or {@link
     *     CommandFailure#EXIT_USAGE} for words that are no such command
     */
    public static int run(CommandLine line, Terminal terminal, List<String> arguments) {
        line.setOut(terminal.out());
        line.setErr(terminal.err());
        line.setParameterExceptionHandler((failure, given) -> {
            terminal.complain(String.valueOf(failure.getMessage()));
            return CommandFailure.EXIT_USAGE;
        });
        line.setExecutionExceptionHandler((failure, command, result) -> {
            if (failure instanceof CommandFailure expected) {
                terminal.complain(String.valueOf(expected.getMessage()));
                return expected.exitCode();
            }
            throw failure;
        });
        try {
            return line.execute(arguments.toArray(new String[0]));
        } finally {
            terminal.flush();
        }
    }
}
