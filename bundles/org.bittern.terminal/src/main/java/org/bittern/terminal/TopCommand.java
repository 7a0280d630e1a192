package org.bittern.terminal;

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
public final class TopCommand implements Runnable {
    private final String question;

    @Spec private @Nullable CommandSpec spec; // set by picocli

    /**
     * Makes one that is never right alone.
     *
     * @param question what is answered to a line without a command
     */
    public TopCommand(String question) {
        this.question = question;
    }

    @Override
    public void run() {
        throw new ParameterException(Objects.requireNonNull(spec).commandLine(), question);
    }
}
