package org.bittern.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CommandLinesTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void quantitiesAreReadable() {
        assertThat(Printable.bytes(1023)).isEqualTo("1023 B");
        assertThat(Printable.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Printable.duration(187)).isEqualTo("3m07s");
        assertThat(Printable.duration(7_500)).isEqualTo("2h05m");
        assertThat(Printable.line("a\u202Eb\nc")).isEqualTo("a?b?c");
    }

    @Test
    void aFailureIsOneLineAndItsOwnExitCode() {
        assertThat(run("fail")).isEqualTo(7);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("bittern: it?broke\n");
        assertThat(out.size()).isZero();
    }

    @Test
    void aMistakeOfOursIsOneLineToo() {
        assertThat(run("break")).isEqualTo(CommandFailure.EXIT_FAILURE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("bittern: internal error: java.lang.IllegalStateException: not so")
                .hasLineCount(1);
        assertThat(out.size()).isZero();
    }

    @Test
    void anErrorThatPicocliLetsThroughIsOneLineToo() {
        assertThat(run("collapse")).isEqualTo(CommandFailure.EXIT_FAILURE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("bittern: internal error: java.lang.StackOverflowError")
                .hasLineCount(1);
        assertThat(out.size()).isZero();
    }

    @Test
    void wordsThatBeginWithAnAtSignAreNoFilesOfArguments(@TempDir Path directory)
            throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "a b");

        assertThat(run("echo", "@" + file, "--", "@" + directory)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("[@%s, @%s]\n".formatted(file, directory));
    }

    @Test
    void aLineWithoutACommandIsAnsweredWithTheQuestion() {
        assertThat(run()).isEqualTo(CommandFailure.EXIT_USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("bittern: which one?\n");
    }

    @Test
    void aResultThatCannotBeWrittenIsAFailure() {
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("No space left on device");
                    }
                };
        assertThat(run(full, "--help")).isEqualTo(CommandFailure.EXIT_FAILURE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("bittern: standard output takes no more")
                .hasLineCount(1);
        assertThat(run("--help")).isZero();
    }

    private int run(String... words) {
        return run(out, words);
    }

    private int run(OutputStream results, String... words) {
        CommandLine line = new CommandLine(new TopCommand("which one?"));
        line.addSubcommand("fail", new Failing());
        line.addSubcommand("break", new Broken());
        line.addSubcommand("collapse", new Collapsing());
        Terminal terminal = new Terminal(results, err, false);
        line.addSubcommand("echo", new Echo(terminal));
        return CommandLines.run(line, terminal, List.of(words));
    }

    @Command
    private static final class Collapsing implements Runnable {
        @Override
        public void run() {
            throw new StackOverflowError();
        }
    }

    @Command
    private static final class Echo implements Runnable {
        private final Terminal terminal;

        @Parameters private List<String> words = new ArrayList<>();

        Echo(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public void run() {
            terminal.say(words.toString());
        }
    }

    @Command
    private static final class Broken implements Runnable {
        @Override
        public void run() {
            throw new IllegalStateException("not so");
        }
    }

    @Command
    private static final class Failing implements Runnable {
        @Override
        public void run() {
            throw new CommandFailure("it\nbroke", null, 7);
        }
    }
}
