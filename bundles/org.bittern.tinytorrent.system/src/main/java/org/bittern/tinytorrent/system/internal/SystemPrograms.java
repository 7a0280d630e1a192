package org.bittern.tinytorrent.system.internal;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * The programs of the machine. They get no input, and nothing of the environment that is a secret
 * of this process or a promise of its supervisor. Thread-safe.
 */
final class SystemPrograms implements Programs {
    private static final List<String> NOT_PASSED_ON =
            List.of("BITTERN_TOKEN", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID");

    /** Far more than the name of a file. */
    private static final int MAX_OUTPUT = 8192;

    private final Map<String, String> environment;
    private final Duration moment;
    private final Duration limit;

    /**
     * For one process.
     *
     * @param environment of this process
     * @param moment how long a caller waits whether a program fails
     * @param limit how long one may run that has to end
     */
    SystemPrograms(Map<String, String> environment, Duration moment, Duration limit) {
        this.environment = Map.copyOf(environment);
        this.moment = moment;
        this.limit = limit;
    }

    @Override
    public OptionalInt start(List<String> command) throws IOException {
        Process process = builder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        process.getOutputStream().close();
        return ended(process, moment) ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
    }

    @Override
    public String run(List<String> command) throws IOException {
        Process process;
        try {
            process = builder(command).start();
        } catch (IOException e) {
            throw new IOException(command.getFirst() + " does not run", e);
        }
        process.getOutputStream().close();
        try (InputStreamReader out =
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
            if (!ended(process, limit)) {
                throw new IOException(command.getFirst() + " does not end");
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        command.getFirst() + " ended with exit code " + process.exitValue());
            }
            char[] text = new char[MAX_OUTPUT];
            int length = Math.max(0, out.read(text));
            String printed = new String(text, 0, length);
            return Objects.requireNonNullElse(
                    new BufferedReader(new StringReader(printed)).readLine(), "");
        } finally {
            process.destroyForcibly();
        }
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment);
        NOT_PASSED_ON.forEach(builder.environment()::remove);
        return builder;
    }

    private static boolean ended(Process process, Duration patience) throws InterruptedIOException {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the service ends");
        }
    }

    @Override
    public boolean has(String program) {
        String path = environment.getOrDefault("PATH", "");
        for (String directory : path.split(File.pathSeparator, -1)) {
            try {
                if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
                    return true;
                }
            } catch (InvalidPathException _) {
                // such a directory is none
            }
        }
        return false;
    }
}
