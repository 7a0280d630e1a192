package org.bittern.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.bittern.itest.osgi.LaunchLine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The test control plane over standard input is exchanged while it waits there, and so is what it
 * stands on: whoever waited in vain must leave what comes next to its successor.
 */
// On a thread of its own: reading a pipe does not heed an interrupt.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StdioExchangeIT {
    /** In /tmp: a socket lies in it, whose path may have about a hundred bytes. */
    @TempDir(factory = InTmp.class)
    private Path work = Path.of(".");

    private Process process;
    private BufferedReader answers;

    @BeforeEach
    void start() throws IOException {
        process =
                new ProcessBuilder(LaunchLine.of(work, "stdio", "--with", "swap"))
                        .redirectError(errors().toFile())
                        .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        await().atMost(RunningDaemon.SOON)
                .until(() -> Files.exists(work.resolve("data/control/socket")));
    }

    @AfterEach
    void kill() {
        process.destroyForcibly();
    }

    private Path errors() {
        return work.resolve("stderr");
    }

    @Test
    void theFirstCommandAfterAnExchangeIsAnsweredByTheSuccessor() throws Exception {
        assertThat(answer("{\"id\":1,\"cmd\":\"get_status\"}"))
                .startsWith("{\"id\":1,\"ok\":false,")
                .contains("EngineNotRunning");
        swap("org.bittern.stdio");
        assertThat(answer("{\"id\":2,\"cmd\":\"get_process\"}")).contains("EngineNotRunning");
        swap("org.bittern.host");
        assertThat(
                        answer(
                                """
                                {"id":3,"cmd":"init","params":{"listen_port":0,"download_dir":"%s"}}\
                                """
                                        .formatted(work.resolve("got"))))
                .startsWith("{\"id\":3,\"ok\":true,\"listen_port\":");
        swap("org.bittern.stdio");
        assertThat(answer("{\"id\":4,\"cmd\":\"get_status\"}")).startsWith("{\"id\":4,\"ok\":true");
        assertThat(answer("{\"id\":5,\"cmd\":\"shutdown\"}")).isEqualTo("{\"id\":5,\"ok\":true}");
        assertEnded();
    }

    @Test
    void theEndOfTheInputAfterAnExchangeEndsTheProcess() throws Exception {
        swap("org.bittern.host");
        process.getOutputStream().close();
        assertThat(answers.readLine()).isNull();
        assertEnded();
    }

    private void assertEnded() throws Exception {
        assertThat(process.waitFor(RunningDaemon.SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(Files.readAllLines(errors())).isEmpty();
    }

    private String answer(String line) throws IOException {
        OutputStream commands = process.getOutputStream();
        commands.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
        return String.valueOf(answers.readLine());
    }

    /** By another jar of the same content. */
    private void swap(String bundle) throws Exception {
        JarCopies copies = new JarCopies(work.resolve("jars"));
        String mark = String.valueOf(System.nanoTime());
        Path jar = copies.marked(RunningDaemon.jar(bundle), bundle + ".jar", mark);
        copies.list(jar);
        String answer = RunningDaemon.control(work.resolve("data"), "swap", bundle, jar.toString());
        assertThat(answer).startsWith("0\nswapped " + bundle);
    }
}
