package org.bittern.remote.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
public final class RemoteRun {
    private static final long END_MILLIS = 1000;

    private final Stop stop = new Stop();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread worker;

    /** Starts the command. */
    @Activate
    public RemoteRun(BundleContext context, @Reference ProcessControl process) {
        Invocation asked = Invocation.of(context);
        Terminal terminal = new Terminal(System.out, System.err, Terminal.isInteractive());
        Remote remote = new Remote(terminal, asked.data(), System.getenv(), stop);
        worker =
                Thread.ofPlatform()
                        .name("bt-remote")
                        .start(() -> {
                            int code = run(remote, asked.version(), asked.arguments());
                            ended.countDown();
                            process.exit(code);
                        });
    }

    /** Lets a command that is interrupted leave the terminal as it was. */
    @Deactivate
    void close() throws InterruptedException {
        stop.ask();
        if (!ended.await(END_MILLIS, TimeUnit.MILLISECONDS)) {
            worker.interrupt(); // a call that waits for its answer
            worker.join(END_MILLIS);
        }
    }

    /** Runs one command to its end and says how it ended. */
    static int run(Remote remote, String version, List<String> arguments) {
        CommandLine line = new CommandLine(new TopCommand("which command? ./bittern help"));
        line.getCommandSpec().version("Bittern " + version);
        Map<String, Supplier<RemoteCommand>> commands = commands(remote);
        // Reading the annotations of all takes longer than the call: only the one that is meant.
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        if (commands.containsKey(first)) {
            commands.keySet().retainAll(List.of(first));
        }
        commands.forEach((name, command) -> line.addSubcommand(name, command.get().line()));
        return CommandLines.run(line, remote.terminal(), arguments);
    }

    private static Map<String, Supplier<RemoteCommand>> commands(Remote remote) {
        Map<String, Supplier<RemoteCommand>> commands = new LinkedHashMap<>();
        commands.put("ls", () -> new ListCommand(remote));
        commands.put("watch", () -> new WatchCommand(remote));
        commands.put("add", () -> new AddCommand(remote));
        commands.put("info", () -> new InfoCommand(remote));
        commands.put("rm", () -> new RemoveCommand(remote));
        for (ActionCommand.Action action : ActionCommand.Action.values()) {
            commands.put(action.word(), () -> new ActionCommand(remote, action));
        }
        commands.put("move", () -> new MoveCommand(remote));
        commands.put("rename", () -> new RenameCommand(remote));
        commands.put("files", () -> new FilesCommand(remote));
        commands.put("limit", () -> new LimitCommand(remote));
        commands.put("label", () -> new LabelCommand(remote));
        commands.put("trackers", () -> new TrackersCommand(remote));
        commands.put("peers", () -> new PeersCommand(remote));
        commands.put("queue", () -> new QueueCommand(remote));
        commands.put("settings", () -> new SettingsCommand(remote));
        commands.put("stats", () -> new StatsCommand(remote));
        commands.put("shutdown", () -> new ShutdownCommand(remote));
        return commands;
    }
}
