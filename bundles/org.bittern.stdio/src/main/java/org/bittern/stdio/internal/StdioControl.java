package org.bittern.stdio.internal;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
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
                        new LineReader(input()),
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

    /** Standard input. Its marks are for all generations of this bundle. */
    private static InputStream input() {
        if (!System.in.markSupported()) {
            System.setIn(new BufferedInputStream(System.in));
        }
        return System.in;
    }

    /** What has not begun to come is for a successor. */
    @Deactivate
    void close() {
        loop.close();
        diagnostics.close();
    }
}
