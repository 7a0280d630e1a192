package org.bittern.cli.internal;

import java.time.InstantSource;
import java.util.List;
import org.bittern.api.engine.UrlReader;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProcessControl;
import org.bittern.terminal.CommandLines;
import org.bittern.terminal.Invocation;
import org.bittern.terminal.Stop;
import org.bittern.terminal.Terminal;
import org.bittern.terminal.TopCommand;
import org.osgi.framework.BundleContext;
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
    /** How long a command that is interrupted may use its classes. */
    private static final long END_MILLIS = 1000;

    private final Stop stop = new Stop();
    private final Thread worker;

    /** Starts the command. */
    @Activate
    public CommandLineRun(
            BundleContext context,
            @Reference EngineHost host,
            @Reference UrlReader urls,
            @Reference ProcessControl process) {
        Invocation asked = Invocation.of(context);
        Terminal terminal = new Terminal(System.out, System.err, Terminal.isInteractive());
        Session session = new Session(host, urls, asked.data(), terminal, stop);
        worker =
                Thread.ofPlatform()
                        .name("bt-cli")
                        .start(() ->
                                process.exit(
                                        run(
                                                session,
                                                asked.version(),
                                                InstantSource.system(),
                                                asked.arguments())));
    }

    /** Lets a command that is interrupted end while its classes are there. */
    @Deactivate
    void close() throws InterruptedException {
        stop.ask();
        worker.join(END_MILLIS);
    }

    /** Runs one command to its end and says how it ended. */
    static int run(Session session, String version, InstantSource clock, List<String> arguments) {
        Terminal terminal = session.terminal();
        CommandLine line =
                new CommandLine(new TopCommand("which command? get, seed, create, show or import"));
        line.getCommandSpec().version("Bittern " + version);
        line.addSubcommand(new GetCommand(session));
        line.addSubcommand(new SeedCommand(session));
        line.addSubcommand(new ImportCommand(session));
        line.addSubcommand(new CreateCommand(terminal, version, clock));
        line.addSubcommand(new ShowCommand(terminal));
        return CommandLines.run(line, terminal, arguments);
    }
}
