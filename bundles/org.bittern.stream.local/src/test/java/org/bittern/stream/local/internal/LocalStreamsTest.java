package org.bittern.stream.local.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.testkit.Fakes.fake;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineEvent.Aspect;
import org.bittern.api.engine.PieceDemand;
import org.bittern.api.engine.Subscription;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.host.EngineHost;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeRequest;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.testkit.SnapshotBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is told when files come, go or move. */
@Timeout(30)
class LocalStreamsTest {
    private static final Instant NOW = Instant.EPOCH;
    private static final InfoHash HASH = InfoHash.ofV1(HexFormat.of().parseHex("ab".repeat(20)));
    private static final Optional<String> GROUP = Optional.of("ab".repeat(20));

    private static final Metainfo METAINFO = metainfo();

    private volatile boolean demanding;
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

    @Test
    void whoWaitsForATorrentThatIsRemovedIsToldAtOnce() {
        String file = HASH.hex() + "-0";
        List<String> ended = new ArrayList<>();
        streams.watch(ended::add);
        List<RangeAnswer> answers = new ArrayList<>();
        streams.brain().request(new RangeRequest(file, 0, 0, UUID.randomUUID()), answers::add);
        assertThat(answers).containsExactly(new RangeAnswer.Block());
        happens(new EngineEvent.Removed(NOW, 2, HASH));
        assertThat(answers).as("it was another one").hasSize(1);
        assertThat(ended).isEmpty();
        happens(new EngineEvent.Removed(NOW, 1, HASH));
        assertThat(answers)
                .endsWith(TorrentBrain.reject(503, "the torrent was removed"))
                .hasSize(2);
        assertThat(ended).containsExactly(file);
        assertThat(demanding).as("nothing is needed for it").isFalse();
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
                (method, arguments) -> {
                    if (method.equals("torrent")) {
                        return Optional.of(fake(Torrent.class, this::torrent));
                    }
                    @SuppressWarnings("unchecked") // as Engine.subscribe has it
                    Consumer<EngineEvent> listener = (Consumer<EngineEvent>) arguments[0];
                    listeners.add(listener);
                    return (Subscription) () -> {};
                });
    }

    /** One byte long, of which nothing is there. */
    private Object torrent(String method) {
        return switch (method) {
            case "number" -> 1;
            case "metainfo" -> Optional.of(METAINFO);
            case "snapshot" -> new SnapshotBuilder(TorrentState.DOWNLOADING).build();
            case "pieces" -> CompletableFuture.completedStage(new Bitfield(1));
            case "files" -> CompletableFuture.completedStage(List.of());
            case "demand" -> {
                demanding = true;
                yield fake(PieceDemand.class, this::demand);
            }
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private CompletionStage<OptionalInt> demand(String method) {
        demanding = !method.equals("close");
        return new CompletableFuture<>();
    }

    private static Metainfo metainfo() {
        String text =
                "d4:infod6:lengthi1e4:name1:x12:piece lengthi65536e6:pieces20:%see"
                        .formatted("x".repeat(20));
        try {
            return Metainfo.parse(text.getBytes(StandardCharsets.US_ASCII));
        } catch (MetainfoException e) {
            throw new IllegalStateException(e);
        }
    }
}
