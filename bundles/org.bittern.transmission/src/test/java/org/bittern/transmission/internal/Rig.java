package org.bittern.transmission.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bittern.api.engine.Blocklist;
import org.bittern.api.engine.UrlReader;
import org.bittern.rpc.FieldProvider;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.paths.PathDesk;

/** The whole RPC without HTTP, on a fake engine. */
final class Rig {
    static final String SESSION = "the-session-id";

    final FakeEngine engine = new FakeEngine();
    final List<FieldProvider> providers = new ArrayList<>();
    Instant now = Instant.ofEpochSecond(10_000);
    Optional<Blocklist> blocklist = Optional.of(new FakeBlocklist());
    final List<String> fetched = new ArrayList<>();
    final Map<String, byte[]> web = new HashMap<>();
    boolean exited;
    boolean trusted;
    final Outside outside =
            new Outside(
                    new Engines(engine),
                    providers,
                    () -> Protocol.V17,
                    Optional.of(Path.of("/data")),
                    () -> blocklist,
                    () -> Optional.of(this::read),
                    new PathDesk("bt-test"),
                    () -> now,
                    () -> exited = true);
    final Methods methods = new Methods(() -> RpcServlet.methods(outside));
    private final Dispatcher dispatcher = new Dispatcher(methods);

    private byte[] read(String url, String cookies, int most, Duration within) throws IOException {
        fetched.add(url + " " + cookies);
        byte[] file = web.get(url);
        if (file == null) {
            throw new UrlReader.Refused(404);
        }
        return file;
    }

    /** What is answered; empty text: nothing. */
    String text(String body) {
        try {
            Optional<Dispatcher.Reply> reply;
            try {
                Object parsed =
                        JsonInput.read(
                                new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
                reply = dispatcher.handle(parsed, new Dispatcher.Caller(trusted, SESSION));
            } catch (RpcException e) {
                reply = Optional.of(Dispatcher.failure(null, e));
            }
            if (reply.isEmpty()) {
                return "";
            }
            StringWriter text = new StringWriter();
            try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
                reply.get().write(json);
            }
            reply.get().sent();
            return text.toString();
        } catch (Dispatcher.TokenNeeded e) {
            return "401";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    JsonNode ask(String body) {
        try {
            return new ObjectMapper().readTree(text(body.replace('\'', '"')));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Arguments of a reply of the legacy dialect; the call must succeed. */
    JsonNode legacy(String method, String arguments) {
        JsonNode reply = ask("{'method':'" + method + "','arguments':" + arguments + "}");
        if (!reply.path("result").asText().equals("success")) {
            throw new AssertionError(reply.toString());
        }
        return reply.get("arguments");
    }

    /** The text of a refusal of the legacy dialect. */
    String refused(String method, String arguments) {
        return ask("{'method':'" + method + "','arguments':" + arguments + "}")
                .path("result")
                .asText();
    }

    private static final class FakeBlocklist implements Blocklist {
        @Override
        public int loadedRules() {
            return 77;
        }

        @Override
        public CompletionStage<Update> update() {
            return CompletableFuture.completedFuture(new Update(78, Optional.empty()));
        }
    }
}
