package org.bittern.stdio.internal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProcessControl;
import org.bittern.control.Diagnostics;
import org.bittern.control.Orchestrator;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Runs a {@link CommandLoop} on the process's stdin and stdout. From then on {@link System#out}
 * goes to stderr, so that nothing but answers is ever on stdout.
 */
@Component(
        service = {},
        immediate = true)
public final class StdioControl {
    /** Framework property of the launcher: what was typed behind the name of the runtime. */
    private static final String ARGUMENTS = "bittern.args";

    private static final int EXIT_USAGE = 2;

    private final CommandLoop loop;
    private final Diagnostics diagnostics;

    /** Starts reading, unless something was typed that has no meaning here. */
    @Activate
    public StdioControl(
            BundleContext context, @Reference EngineHost host, @Reference ProcessControl process) {
        System.setOut(System.err);
        Orchestrator orchestrator = new Orchestrator(host, Path.of("").toAbsolutePath());
        diagnostics = new Diagnostics(host);
        loop =
                new CommandLoop(
                        new LineReader(System.in),
                        new FileOutputStream(FileDescriptor.out),
                        new Commands(orchestrator, diagnostics),
                        process);
        String typed = context.getProperty(ARGUMENTS);
        if (typed == null || typed.isEmpty()) {
            Thread.ofPlatform().daemon().name("bt-stdio").start(loop);
        } else {
            System.err.println("bittern: usage: ./bittern stdio; commands come on standard input");
            process.exit(EXIT_USAGE);
        }
    }

    /** Ends after the line that is being read: a read of stdin cannot be interrupted. */
    @Deactivate
    void close() {
        loop.close();
        diagnostics.close();
    }
}
