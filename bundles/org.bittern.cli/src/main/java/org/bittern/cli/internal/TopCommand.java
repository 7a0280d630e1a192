package org.bittern.cli.internal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./bittern} without a command. */
@Command(
        name = "bittern",
        description = "A BitTorrent system.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class TopCommand implements Runnable {
    static final int EXIT_FAILURE = 1;
    static final int EXIT_USAGE = 2;

    @Spec private @Nullable CommandSpec spec; // set by picocli

    @Override
    public void run() {
        CommandSpec known = Objects.requireNonNull(spec);
        throw new ParameterException(
                known.commandLine(), "which command? get, seed, create, show or import");
    }
}
