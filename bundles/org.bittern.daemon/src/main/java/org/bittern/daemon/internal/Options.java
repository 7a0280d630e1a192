package org.bittern.daemon.internal;

import java.util.List;
import java.util.Optional;
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

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port of the RPC, 0 for any free one.")
    private @Nullable Integer port; // null: as the settings say

    @Option(names = "--bind", paramLabel = "ADDR", description = "Address of the RPC.")
    private @Nullable String bind; // likewise

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
