package org.bittern.tinytorrent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.Capabilities;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.RpcWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CapabilityProbeTest {
    private final CapabilityProbe probe = new CapabilityProbe(new NoEngine(), "1.2.3");

    @Test
    void answersWithoutAnEngine() throws IOException {
        JsonNode told = told();
        assertThat(told.get("server-version").asText())
                .isEqualTo("TinyTorrent 1.0.0 (Bittern 1.2.3)");
        assertThat(told.get("rpc-version").asInt()).isEqualTo(17);
        assertThat(told.get("features").toString()).isEqualTo("[]");
        assertThat(told.get("platform").asText()).isIn("linux", "darwin", "win32");
        assertThat(probe.extended()).isTrue();
    }

    @Test
    void listsWhatIsThereAtTheMomentAndNothingElse() throws IOException {
        Capabilities two = () -> List.of("labels", "fs-browse");
        Capabilities one = () -> List.of("fs-browse", "a");
        probe.bindCapabilities(two);
        probe.bindCapabilities(one);
        assertThat(told().get("features").toString()).isEqualTo("[\"a\",\"fs-browse\",\"labels\"]");
        probe.unbindCapabilities(two);
        assertThat(told().get("features").toString()).isEqualTo("[\"a\",\"fs-browse\"]");
    }

    @Test
    void withoutAnEngineItsFeaturesAreNotListed() {
        assertThat(new OwnFeatures(new NoEngine()).features()).containsExactly("websocket");
    }

    @Test
    void platformsHaveTheNamesThatFrontEndsKnow() {
        assertThat(Platform.named("Windows 11")).isEqualTo("win32");
        assertThat(Platform.named("Mac OS X")).isEqualTo("darwin");
        assertThat(Platform.named("Linux")).isEqualTo("linux");
    }

    private JsonNode told() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            probe.perform(new RpcRequest(Dialect.LEGACY, Arguments.NONE, true, "id"))
                    .write(new RpcWriter(json, Dialect.LEGACY));
            json.writeEndObject();
        }
        return new ObjectMapper().readTree(text.toString());
    }

    private static final class NoEngine implements EngineHost {
        @Override
        public Optional<Engine> engine() {
            return Optional.empty();
        }

        @Override
        public CompletionStage<Engine> start(EngineStart start) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException());
        }

        @Override
        public CompletionStage<Void> stop() {
            return CompletableFuture.failedFuture(new UnsupportedOperationException());
        }

        @Override
        public Subscription watch(Consumer<Optional<Engine>> listener) {
            listener.accept(Optional.empty());
            return () -> {};
        }
    }
}
