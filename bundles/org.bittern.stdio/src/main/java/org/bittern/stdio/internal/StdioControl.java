package org.bittern.stdio.internal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProcessControl;
import org.bittern.control.Diagnostics;
import org.bittern.control.Orchestrator;
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
    private final CommandLoop loop;
    private final Diagnostics diagnostics;

    /** Starts reading. */
    @Activate
    public StdioControl(@Reference EngineHost host, @Reference ProcessControl process) {
        System.setOut(System.err);
        Orchestrator orchestrator = new Orchestrator(host, Path.of("").toAbsolutePath());
        diagnostics = new Diagnostics(host);
        loop =
                new CommandLoop(
                        new LineReader(System.in),
                        new FileOutputStream(FileDescriptor.out),
                        new Commands(orchestrator, diagnostics),
                        process);
        Thread.ofPlatform().daemon().name("bt-stdio").start(loop);
    }

    /** Ends after the line that is being read: a read of stdin cannot be interrupted. */
    @Deactivate
    void close() {
        loop.close();
        diagnostics.close();
    }
}
