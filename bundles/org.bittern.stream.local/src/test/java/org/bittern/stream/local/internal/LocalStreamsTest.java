package org.bittern.stream.local.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.testkit.Fakes.fake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineEvent.Aspect;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.bittern.metainfo.InfoHash;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is told when files come, go or move. */
@Timeout(30)
class LocalStreamsTest {
    private static final Instant NOW = Instant.EPOCH;
    private static final InfoHash HASH = InfoHash.ofV1(HexFormat.of().parseHex("ab".repeat(20)));
    private static final Optional<String> GROUP = Optional.of("ab".repeat(20));

    private final List<Consumer<EngineEvent>> listeners = new ArrayList<>();
    private final List<Consumer<Optional<Engine>>> starts = new ArrayList<>();
    private final LocalStreams streams = new LocalStreams(fake(EngineHost.class, this::host));
    private final List<Optional<String>> told = new ArrayList<>();

    @AfterEach
    void stop() {
        streams.stop();
    }

    @Test
    void whatChangesTheFilesOfATorrentTellsItsGroup() {
        Runnable end = streams.watchGroups(told::add);
        for (EngineEvent event :
                List.of(
                        new EngineEvent.Added(NOW, 1, HASH, "film"),
                        new EngineEvent.MetadataReceived(NOW, 1, HASH),
                        new EngineEvent.Finished(NOW, 1, HASH),
                        new EngineEvent.Changed(NOW, 1, HASH, Set.of(Aspect.FILES)),
                        new EngineEvent.Changed(NOW, 1, HASH, Set.of(Aspect.DIRECTORY)),
                        new EngineEvent.Removed(NOW, 1, HASH))) {
            happens(event);
            assertThat(told).as(event.toString()).containsExactly(GROUP);
            told.clear();
        }
        happens(new EngineEvent.Changed(NOW, 1, HASH, Set.of(Aspect.LABELS)));
        happens(new EngineEvent.QueueChanged(NOW));
        assertThat(told).isEmpty();
        happens(new EngineEvent.Missed(NOW, 3));
        assertThat(told).containsExactly(Optional.empty());
        end.run();
        happens(new EngineEvent.Added(NOW, 1, HASH, "film"));
        assertThat(told).hasSize(1);
    }

    @Test
    void anEngineThatComesTellsOfAllAndOneThatGoesOfNothing() {
        streams.watchGroups(told::add);
        starts.getFirst().accept(Optional.empty());
        assertThat(told).isEmpty();
        starts.getFirst().accept(Optional.of(engine()));
        assertThat(told).containsExactly(Optional.empty());
    }

    private void happens(EngineEvent event) {
        listeners.getLast().accept(event);
    }

    private Object host(String method, Object[] arguments) {
        if (method.equals("watch")) {
            @SuppressWarnings("unchecked") // as EngineHost has it
            Consumer<Optional<Engine>> listener = (Consumer<Optional<Engine>>) arguments[0];
            starts.add(listener);
            return (Subscription) () -> {};
        }
        return Optional.of(engine());
    }

    private Engine engine() {
        return fake(
                Engine.class,
                (_, arguments) -> {
                    @SuppressWarnings("unchecked") // as Engine.subscribe has it
                    Consumer<EngineEvent> listener = (Consumer<EngineEvent>) arguments[0];
                    listeners.add(listener);
                    return (Subscription) () -> {};
                });
    }
}
