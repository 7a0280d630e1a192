package org.bittern.cli.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProcessControl;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import picocli.CommandLine;

/**
 * Runs the one command that the process was started for, on a thread of its own, and ends the
 * process with its exit code.
 */
@Component(
        service = {},
        immediate = true)
public final class CommandLineRun {
    /** Framework property: the arguments, joined by U+001F. */
    private static final String ARGUMENTS = "bittern.args";

    /** Framework property: the data directory. */
    private static final String DATA = "bittern.data";

    private final Stop stop = new Stop();

    /** Starts the command. */
    @Activate
    public CommandLineRun(
            BundleContext context, @Reference EngineHost host, @Reference ProcessControl process) {
        String joined = Objects.requireNonNullElse(context.getProperty(ARGUMENTS), "");
        String[] arguments = joined.isEmpty() ? new String[0] : joined.split("\u001f", -1);
        Path data = Path.of(Objects.requireNonNullElse(context.getProperty(DATA), "."));
        Terminal terminal = new Terminal(System.out, System.err, Terminal.isInteractive());
        Session session = new Session(host, data, terminal, stop);
        Thread.ofPlatform()
                .name("bt-cli")
                .start(() -> process.exit(run(session, version(context), List.of(arguments))));
    }

    @Deactivate
    void close() {
        stop.ask();
    }

    private static String version(BundleContext context) {
        Version version = context.getBundle().getVersion();
        return version.getMajor() + "." + version.getMinor() + "." + version.getMicro();
    }

    /** Runs one command to its end and says how it ended. */
    static int run(Session session, String version, List<String> arguments) {
        Terminal terminal = session.terminal();
        CommandLine line = new CommandLine(new TopCommand());
        line.getCommandSpec().version("Bittern " + version);
        line.addSubcommand(new GetCommand(session));
        line.addSubcommand(new SeedCommand(session));
        line.addSubcommand(new ImportCommand(session));
        line.addSubcommand(new CreateCommand(terminal, version));
        line.addSubcommand(new ShowCommand(terminal));
        line.setOut(terminal.out());
        line.setErr(terminal.err());
        line.setParameterExceptionHandler((failure, given) -> {
            terminal.complain(String.valueOf(failure.getMessage()));
            return TopCommand.EXIT_USAGE;
        });
        line.setExecutionExceptionHandler((failure, command, result) -> {
            if (failure instanceof CommandFailure expected) {
                terminal.complain(String.valueOf(expected.getMessage()));
                return TopCommand.EXIT_FAILURE;
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
