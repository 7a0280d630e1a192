package org.bittern.cli.internal;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.UrlReader;
import org.bittern.api.host.EngineHost;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Stop;
import org.bittern.terminal.Terminal;

/** What the commands that need an engine share. */
record Session(EngineHost host, UrlReader urls, Path data, Terminal terminal, Stop stop) {
    private static final int ANSWER_SECONDS = 60;

    /**
     * Starts the engine of this process.
     *
     * @param stateDirectory empty: nothing is kept
     * @throws CommandFailure one line: the port is taken, the directory cannot be used, the
     *     interface is not there, or the process is being stopped
     */
    Engine start(Settings settings, Optional<Path> stateDirectory) {
        if (stop.within(0)) {
            throw new CommandFailure("interrupted");
        }
        Engine engine = answer(host.start(new EngineHost.EngineStart(settings, stateDirectory)));
        String bound = settings.get(NetworkSettings.BIND_INTERFACE);
        if (!bound.isEmpty() && engine.status().listenPort() == 0) {
            // The engine would wait for it, as a daemon must; a person has mistyped it.
            stopEngine();
            throw new CommandFailure("--bind " + bound + ": no such address or interface is here");
        }
        return engine;
    }

    /** Stops the engine in good order. */
    void stopEngine() {
        if (host.engine().isPresent()) {
            answer(host.stop());
        }
    }

    /** Waits for the engine; a refusal becomes the one line that the user sees. */
    static <T> T answer(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException refusal) {
                throw new CommandFailure(String.valueOf(refusal.getMessage()), refusal);
            }
            throw new IllegalStateException("the engine failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new CommandFailure("the engine did not answer in " + ANSWER_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        }
    }
}
