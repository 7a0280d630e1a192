package org.bittern.daemon.internal;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What was typed; it wins over the settings, and is not stored. Filled in by picocli. */
@Command(
        name = "bittern daemon",
        mixinStandardHelpOptions = true,
        description = "Runs the engine behind Transmission's RPC until it is stopped.")
final class Options {
    private static final int MAX_PORT = 65_535;
    private static final Pattern PLAIN_NUMBER = Pattern.compile("0|[1-9]\\d{0,4}");

    /** Picocli takes words that begin otherwise for options or for files of arguments. */
    private static final Pattern PLAIN = Pattern.compile("[^-@].*");

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port of the RPC, 0 for any free one.")
    private @Nullable Integer port; // null: as the settings say

    @Option(names = "--bind", paramLabel = "ADDR", description = "Address of the RPC.")
    private @Nullable String bind; // likewise

    /**
     * Reads what is usually typed without picocli, which would take a tenth of the start.
     *
     * @return empty when picocli has to look: for help, and to say what is wrong
     */
    static Optional<Options> plain(String... words) {
        Options options = new Options();
        for (int i = 0; i < words.length; i += 2) {
            if (i + 1 == words.length || !options.take(words[i], words[i + 1])) {
                return Optional.empty();
            }
        }
        return Optional.of(options);
    }

    /** Whether it is one of ours, for the first time, with a plain value. */
    private boolean take(String name, String value) {
        if (name.equals("--port") && port == null && PLAIN_NUMBER.matcher(value).matches()) {
            port = Integer.valueOf(value);
            return true;
        }
        if (name.equals("--bind") && bind == null && PLAIN.matcher(value).matches()) {
            bind = value;
            return true;
        }
        return false;
    }

    Optional<Integer> port() {
        return Optional.ofNullable(port);
    }

    Optional<List<String>> bind() {
        return Optional.ofNullable(bind).map(List::of);
    }

    /** What picocli does not check; empty when all is well. */
    Optional<String> problem() {
        return port().filter(number -> number < 0 || number > MAX_PORT)
                .map(number -> "--port " + number + ": allowed are 0 to " + MAX_PORT);
    }
}
