package org.bittern.tinytorrent.system.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.bittern.rpc.Capabilities;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.paths.PathDesk;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/** What the methods share: the desktop, its programs, and threads that may hang with files. */
@Component(
        service = {Surroundings.class, Capabilities.class},
        configurationPid = SystemConfig.PID)
@Designate(ocd = SystemConfig.class)
public final class Surroundings implements Capabilities {
    /** Framework property of the launcher. */
    private static final String DATA = "bittern.data";

    /** Environment variable of the script that starts us: its own path. */
    private static final String SCRIPT = "BITTERN_SCRIPT";

    private static final Duration FILE_LIMIT = Duration.ofSeconds(5);
    private static final Duration MOMENT = Duration.ofSeconds(3);
    private static final Duration PROGRAM_LIMIT = Duration.ofSeconds(30);

    private final PathDesk paths;
    private final Programs programs;
    private final Desktop desktop;
    private final List<String> handler;
    private final boolean opensPrograms;

    @Activate
    public Surroundings(BundleContext context, SystemConfig config) {
        this(
                new SystemPrograms(System.getenv(), MOMENT, PROGRAM_LIMIT),
                System.getProperty("os.name", ""),
                System.getenv(),
                handler(config, Optional.ofNullable(context.getProperty(DATA))),
                config.open_programs());
    }

    /**
     * Those of one process.
     *
     * @param system {@code os.name}
     * @param handler program and arguments that take a link or a file; empty when none is known
     */
    Surroundings(
            Programs programs,
            String system,
            Map<String, String> environment,
            List<String> handler,
            boolean opensPrograms) {
        this.programs = programs;
        this.handler = List.copyOf(handler);
        this.opensPrograms = opensPrograms;
        desktop = Desktop.of(system, environment, programs);
        paths = new PathDesk("bt-system");
    }

    private static List<String> handler(SystemConfig config, Optional<String> data) {
        if (config.handler_command().length > 0) {
            return List.of(config.handler_command());
        }
        String script = Objects.requireNonNullElse(System.getenv(SCRIPT), "");
        if (script.isEmpty()) {
            return List.of();
        }
        List<String> command = new ArrayList<>(List.of(script, "add"));
        data.ifPresent(directory -> command.addAll(List.of("--data", directory)));
        command.add("--"); // what follows is no option, whatever it looks like
        return command;
    }

    @Override
    public List<String> features() {
        List<String> features = new ArrayList<>();
        if (desktop.noWindows().isEmpty()) {
            features.add("system-integration");
        }
        if (desktop.canAssociate() && !handler.isEmpty()) {
            features.add("system-register-handler");
        }
        return features;
    }

    /** Looks at files, which may not answer. */
    <T> T look(Path path, PathDesk.Look<T> look) throws RpcException {
        return paths.ask(path, FILE_LIMIT, look);
    }

    Desktop desktop() {
        return desktop;
    }

    List<String> handler() {
        return handler;
    }

    boolean opensPrograms() {
        return opensPrograms;
    }

    /**
     * Shows a window.
     *
     * @param by which program of the desktop
     * @throws RpcException no window can be shown, or the program fails
     */
    void show(Function<Desktop, List<String>> by) throws RpcException {
        Optional<RpcException> lacking = desktop.noWindows();
        if (lacking.isPresent()) {
            throw lacking.get();
        }
        start(by.apply(desktop));
    }

    private void start(List<String> command) throws RpcException {
        OptionalInt code;
        try {
            code = programs.start(command);
        } catch (IOException e) {
            throw Problem.FAILED.refusal(command.getFirst() + " does not run");
        }
        if (code.isPresent() && code.getAsInt() != 0 && !isExplorer(command)) {
            throw Problem.FAILED.refusal(
                    command.getFirst() + " ended with exit code " + code.getAsInt());
        }
    }

    /** It ends with 1 also when all is well. */
    private static boolean isExplorer(List<String> command) {
        return command.getFirst().equals("explorer.exe");
    }

    @Deactivate
    void close() {
        paths.close();
    }
}
