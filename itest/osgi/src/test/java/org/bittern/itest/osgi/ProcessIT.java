package org.bittern.itest.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The built distribution as a person meets it: processes, their output and their exit codes. */
// On a thread of its own: reading a pipe does not heed an interrupt.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ProcessIT {
    private static final Path ROOT = Path.of(System.getProperty("bittern.root"));
    private static final String TINY =
            "d4:infod6:lengthi1e4:name4:tiny12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaaee";

    @TempDir private Path work = Path.of(".");
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void killWhatIsLeft() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void showsATorrentAndEndsWithZero() throws Exception {
        Path torrent = Files.writeString(work.resolve("tiny.torrent"), TINY);

        Process process = launch("cli", "show", torrent.toString());

        assertThat(output(process)).anyMatch(line -> line.contains("tiny"));
        assertThat(process.waitFor()).isZero();
        assertThat(errors()).isEmpty();
    }

    @Test
    void refusesWhatIsNoTorrentInOneLine() throws Exception {
        Path torrent = Files.writeString(work.resolve("bad.torrent"), "nonsense");

        Process process = launch("cli", "show", torrent.toString());

        assertThat(output(process)).isEmpty();
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(errors()).singleElement().asString().contains("bad.torrent");
    }

    @Test
    void stdioEndsWithItsInputAndLeavesNothingBehind() throws Exception {
        Process process = launch("stdio");
        process.getOutputStream()
                .write("{\"id\": 7, \"cmd\": \"nonsense\"}\n".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();

        assertThat(output(process))
                .singleElement()
                .asString()
                .contains("\"id\":7")
                .contains("Unknown command 'nonsense'");
        assertThat(process.waitFor()).isZero();
        assertThat(errors()).isEmpty();
        assertThat(work.resolve("tmp")).isEmptyDirectory();
    }

    @Test
    void manyRunSideBySide() throws Exception {
        List<Process> together = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            together.add(launch("stdio"));
        }
        for (Process process : together) {
            process.getOutputStream()
                    .write("{\"id\": 1, \"cmd\": \"x\"}\n".getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            assertThat(process.inputReader(StandardCharsets.UTF_8).readLine()).contains("\"id\":1");
        }
        for (Process process : together) {
            process.getOutputStream().close();
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void theScriptRefusesAnUnknownCommandInOneLine() throws Exception {
        Process process = start(List.of(ROOT.resolve("bittern").toString(), "nonsense"));

        assertThat(output(process)).isEmpty();
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(errors()).singleElement().asString().contains("unknown command 'nonsense'");
    }

    private Process launch(String runtime, String... words) throws IOException {
        return start(LaunchLine.of(work, runtime, words));
    }

    private Process start(List<String> line) throws IOException {
        Process process =
                new ProcessBuilder(line).redirectError(work.resolve("stderr").toFile()).start();
        processes.add(process);
        return process;
    }

    private static List<String> output(Process process) {
        return process.inputReader(StandardCharsets.UTF_8).lines().toList();
    }

    private List<String> errors() throws IOException {
        return Files.readAllLines(work.resolve("stderr"));
    }
}
