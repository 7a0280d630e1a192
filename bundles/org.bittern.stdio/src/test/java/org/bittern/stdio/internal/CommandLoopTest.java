package org.bittern.stdio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.bittern.control.Diagnostics;
import org.bittern.control.Orchestrator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CommandLoopTest {
    private final List<Integer> exits = new ArrayList<>();

    @Test
    void echoesTheIdAsGivenAndOmitsAnAbsentOne() {
        assertThat(
                        answers(
                                "{\"id\":{\"a\":[1]},\"cmd\":\"get_status\"}",
                                "{\"cmd\":\"get_status\"}"))
                .containsExactly(
                        "{\"id\":{\"a\":[1]},\"ok\":false,\"error\":\"no engine is running\","
                                + "\"code\":\"EngineNotRunning\"}",
                        "{\"ok\":false,\"error\":\"no engine is running\","
                                + "\"code\":\"EngineNotRunning\"}");
    }

    @Test
    void echoesEveryIdToTheLetter() {
        for (String id :
                List.of(
                        "1.10",
                        "1e400",
                        "-0",
                        "12345678901234567890123",
                        "123456789.12345678901234",
                        "\"\\ud800 é \\/\"",
                        "[ 1, {\"a\" : null} ]",
                        "{}",
                        "true",
                        "null",
                        "\"" + "x".repeat(100_000) + "\"")) {
            assertThat(
                            answers(
                                    "{\"cmd\":\"foo\", \"id\" : " + id + " }",
                                    "{\"id\":" + id + ",\"cmd\":\"foo\"}"))
                    .hasSize(2)
                    .allSatisfy(a -> assertThat(a).startsWith("{\"id\":" + id + ",\"ok\":false,"));
        }
    }

    @Test
    void deepAndWideAndUndecodableLinesAreRefused() {
        String wide = "{\"x\":[" + "{},".repeat(600_000) + "1]}";
        String deep = "{\"x\":" + "[".repeat(200) + "]".repeat(200) + "}";
        assertThat(answers(wide, deep))
                .hasSize(2)
                .allSatisfy(a -> assertThat(a).startsWith("{\"id\":null,").contains("exceeds"));
        byte[] latin = "{\"id\":1,\"cmd\":\"é\"}\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(answers(new NoEngine(), latin))
                .singleElement()
                .asString()
                .startsWith("{\"id\":null,")
                .contains("UTF-8");
        assertThat(answers("{\"cmd\":\"\uFFFD\"}"))
                .singleElement()
                .asString()
                .contains("Unknown command '\uFFFD'");
    }

    @Test
    void engineIsLookedForBeforeTheParameters() {
        assertThat(answers("{\"cmd\":\"get_status\",\"params\":[]}"))
                .singleElement()
                .asString()
                .contains("EngineNotRunning");
        assertThat(answers("{\"cmd\":\"foo\",\"params\":7}"))
                .singleElement()
                .asString()
                .contains("Unknown command 'foo'");
    }

    @Test
    void commandThatBreaksIsAnsweredAndTheProcessGoesOn() {
        EngineHost broken =
                new NoEngine() {
                    @Override
                    public Optional<Engine> engine() {
                        throw new IllegalArgumentException("secret");
                    }
                };
        byte[] lines =
                "{\"cmd\":\"get_status\"}\n{\"cmd\":\"shutdown\"}\n"
                        .getBytes(StandardCharsets.UTF_8);
        assertThat(answers(broken, lines))
                .satisfiesExactly(
                        a -> assertThat(a).contains("InternalError").doesNotContain("secret"),
                        a -> assertThat(a).isEqualTo("{\"ok\":true}"));
        assertThat(exits).containsExactly(0);
    }

    @Test
    void namesAnUnknownCommand() {
        assertThat(answers("{\"id\":1,\"cmd\":\"foo\"}"))
                .singleElement()
                .asString()
                .contains("\"error\":\"Unknown command 'foo'\"");
    }

    @Test
    void brokenJsonIsAnsweredWithIdNullAndTheProcessGoesOn() {
        assertThat(answers("{oops", "[1]", "null", "", "   ", "{} {}", "{\"id\":9,\"cmd\":7}"))
                .hasSize(5)
                .allSatisfy(answer -> assertThat(answer).contains("InvalidRequest"))
                .satisfies(list -> {
                    assertThat(list.subList(0, 4))
                            .allSatisfy(a -> assertThat(a).startsWith("{\"id\":null,"));
                    assertThat(list.get(4)).startsWith("{\"id\":9,");
                });
    }

    /** A name once given stays, and means what it meant: others are only added. */
    @Test
    void theseAreTheCommands() {
        EngineHost none = new NoEngine();
        assertThat(
                        new Commands(new Orchestrator(none, Path.of("/")), new Diagnostics(none))
                                .names())
                .containsExactlyInAnyOrder(
                        "init",
                        "add_torrent_file",
                        "add_magnet_uri",
                        "add_torrent_and_seed",
                        "remove_torrent",
                        "get_torrent_status",
                        "get_status",
                        "get_engine_stats",
                        "force_reannounce",
                        "pause_torrent",
                        "resume_torrent",
                        "stop_torrent",
                        "recheck_torrent",
                        "set_torrent_options",
                        "move_torrent",
                        "rename_path",
                        "add_peer",
                        "disconnect_peer",
                        "get_availability",
                        "get_logs",
                        "get_process",
                        "set_options",
                        "move_in_queue",
                        "get_session",
                        "set_settings",
                        "set_group");
    }

    @Test
    void everyCommandBeforeInitIsRefusedWhateverItsParameters() {
        EngineHost none = new NoEngine();
        Orchestrator core = new Orchestrator(none, Path.of("/"));
        for (String name : new Commands(core, new Diagnostics(none)).names()) {
            if (!name.equals("init")) {
                assertThat(answers("{\"cmd\":\"" + name + "\",\"params\":{}}"))
                        .as(name)
                        .singleElement()
                        .asString()
                        .contains("EngineNotRunning");
            }
        }
    }

    @Test
    void initRefusesMissingAndWrongParameters() {
        assertThat(
                        answers(
                                "{\"cmd\":\"init\"}",
                                "{\"cmd\":\"init\",\"params\":{\"download_dir\":\"/tmp\"}}",
                                "{\"cmd\":\"init\",\"params\":[]}",
                                "{\"cmd\":\"init\",\"params\":{\"download_dir\":\"/tmp\","
                                        + "\"listen_port\":\"x\"}}"))
                .allSatisfy(answer -> assertThat(answer).contains("InvalidRequest"));
    }

    @Test
    void shutdownAnswersThenExitsAndReadsNoFurther() {
        assertThat(answers("{\"id\":1,\"cmd\":\"shutdown\"}", "{\"id\":2,\"cmd\":\"shutdown\"}"))
                .containsExactly("{\"id\":1,\"ok\":true}");
        assertThat(exits).containsExactly(0);
    }

    @Test
    void endOfInputExitsWithoutAnAnswer() {
        assertThat(answers()).isEmpty();
        assertThat(exits).containsExactly(0);
    }

    @Test
    void whatComesAfterAnExchangeIsForTheSuccessor() throws Exception {
        PipedOutputStream typed = new PipedOutputStream();
        InputStream in = new BufferedInputStream(new PipedInputStream(typed));
        ByteArrayOutputStream oldOut = new ByteArrayOutputStream();
        ByteArrayOutputStream newOut = new ByteArrayOutputStream();
        CommandLoop old = loop(in, oldOut);
        Thread waiting = Thread.ofPlatform().daemon().start(old);
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        old.close();
        Thread successor = Thread.ofPlatform().daemon().start(loop(in, newOut));
        await().until(() -> successor.getState() == Thread.State.BLOCKED);
        typed.write("{\"id\":1,\"cmd\":\"foo\"}\n".getBytes(StandardCharsets.UTF_8));
        typed.close();
        assertThat(waiting.join(Duration.ofSeconds(30))).isTrue();
        assertThat(successor.join(Duration.ofSeconds(30))).isTrue();
        assertThat(oldOut.size()).isZero();
        assertThat(newOut.toString(StandardCharsets.UTF_8)).startsWith("{\"id\":1,\"ok\"");
        assertThat(exits).containsExactly(0);
    }

    @Test
    void theEndOfInputAfterAnExchangeIsForTheSuccessor() throws Exception {
        PipedOutputStream typed = new PipedOutputStream();
        InputStream in = new BufferedInputStream(new PipedInputStream(typed));
        CommandLoop old = loop(in, new ByteArrayOutputStream());
        Thread waiting = Thread.ofPlatform().daemon().start(old);
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        old.close();
        typed.close();
        assertThat(waiting.join(Duration.ofSeconds(30))).isTrue();
        assertThat(exits).isEmpty();
    }

    @Test
    void lineAtTheLimitIsReadAsAnyOther() {
        assertThat(LineReader.MAX_LINE_BYTES).isEqualTo(16 << 20);
        assertThat(answers(lineOf(LineReader.MAX_LINE_BYTES)))
                .containsExactly(
                        "{\"id\":1,\"ok\":false,\"error\":\"Unknown command 'foo'\","
                                + "\"code\":\"InvalidRequest\"}");
    }

    @Test
    void lineBeyondTheLimitIsRefusedAndTheNextOneIsRead() {
        assertThat(answers(lineOf(LineReader.MAX_LINE_BYTES + 1), "{\"id\":2,\"cmd\":\"foo\"}"))
                .satisfies(list -> {
                    assertThat(list.get(0)).contains("longer than");
                    assertThat(list.get(1)).contains("Unknown command");
                });
    }

    /** A command of so many bytes, most of them a parameter. */
    private static String lineOf(int bytes) {
        String line = "{\"id\":1,\"cmd\":\"foo\",\"params\":{\"x\":\"\"}}";
        return line.replace("\"\"", '"' + "y".repeat(bytes - line.length()) + '"');
    }

    private List<String> answers(String... lines) {
        String input = lines.length == 0 ? "" : String.join("\n", lines) + "\n";
        return answers(new NoEngine(), input.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> answers(EngineHost host, byte[] input) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        loop(host, new ByteArrayInputStream(input), out).run();
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private CommandLoop loop(InputStream in, ByteArrayOutputStream out) {
        return loop(new NoEngine(), in, out);
    }

    private CommandLoop loop(EngineHost host, InputStream in, ByteArrayOutputStream out) {
        return new CommandLoop(
                new LineReader(in),
                out,
                new Commands(new Orchestrator(host, Path.of("/")), new Diagnostics(new NoEngine())),
                exits::add);
    }

    /** A host that has no engine and cannot start one. */
    private static class NoEngine implements EngineHost {
        @Override
        public Optional<Engine> engine() {
            return Optional.empty();
        }

        @Override
        public CompletionStage<Engine> start(EngineStart start) {
            return CompletableFuture.failedFuture(
                    new EngineException(EngineException.Code.UNSUPPORTED, "none"));
        }

        @Override
        public CompletionStage<Void> stop() {
            return CompletableFuture.failedFuture(
                    new EngineException(EngineException.Code.ENGINE_NOT_RUNNING, "none"));
        }

        @Override
        public Subscription watch(Consumer<Optional<Engine>> listener) {
            return () -> {};
        }
    }
}
