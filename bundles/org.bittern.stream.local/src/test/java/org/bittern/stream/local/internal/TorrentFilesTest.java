package org.bittern.stream.local.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.bittern.testkit.Fakes.fake;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.host.EngineHost;
import org.bittern.api.stream.NotReadyException;
import org.bittern.testkit.SnapshotBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of files. */
@Timeout(30)
class TorrentFilesTest {
    private static final Instant ADDED = Instant.parse("2026-05-06T07:08:09Z");
    private static final String HASH = "0".repeat(40);
    private static final String FILE = HASH + "-0";

    private long nanos;
    private boolean running = true;
    private TorrentState state = TorrentState.DOWNLOAD_QUEUED;
    private final Readers readers = new Readers(() -> nanos, new Selection());
    private final TorrentFiles files =
            new TorrentFiles(fake(EngineHost.class, method -> engine()), readers);

    @Test
    void theDateIsThatOfTheTorrentUnlessThatIsStillToCome() {
        Instant before = ADDED.minusSeconds(1);
        assertThat(TorrentFiles.modified(Optional.of(before), ADDED)).isEqualTo(before);
        assertThat(TorrentFiles.modified(Optional.of(ADDED.plusSeconds(1)), ADDED))
                .isEqualTo(ADDED);
        assertThat(TorrentFiles.modified(Optional.empty(), ADDED)).isEqualTo(ADDED);
    }

    @Test
    void withoutAnEngineNobodyCanTell() {
        running = false;
        assertThat(refusal()).hasMessage("no engine is running");
        assertThat(refusal().coming()).isFalse();
        for (Optional<String> group : List.of(Optional.<String>empty(), Optional.of(HASH))) {
            assertThat(files.files(group).toCompletableFuture())
                    .as("no list is empty for that")
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(NotReadyException.class);
        }
        files.awaited(FILE); // harmless
    }

    @Test
    void whatIsNoFileOfATorrentIsNone() {
        assertThat(found("1".repeat(40) + "-0")).isEmpty();
        assertThat(found("some.file_1")).isEmpty();
    }

    @Test
    void metadataIsFetchedForWhoWaitsAlsoWhileTheQueueIsFull() {
        assertThat(refusal()).hasMessage("the metadata is not known yet");
        assertThat(refusal().coming()).isTrue();
        assertThat(state).isEqualTo(TorrentState.DOWNLOAD_QUEUED); // who only looks changes nothing
        files.awaited(FILE);
        assertThat(state).isEqualTo(TorrentState.METADATA);
        readers.pulse();
        assertThat(state).isEqualTo(TorrentState.METADATA);
        nanos += Readers.RESTS_AFTER_NANOS; // nobody waits any more
        readers.pulse();
        assertThat(state).isEqualTo(TorrentState.DOWNLOAD_QUEUED);
    }

    @Test
    void noMetadataComesWhileATorrentIsStopped() {
        state = TorrentState.STOPPED;
        assertThat(refusal()).hasMessage("the torrent is stopped");
        assertThat(refusal().coming()).isFalse();
        files.awaited(FILE);
        assertThat(state).isEqualTo(TorrentState.STOPPED);
    }

    private Optional<?> found(String id) {
        return files.find(id).toCompletableFuture().join();
    }

    private NotReadyException refusal() {
        return catchThrowableOfType(
                NotReadyException.class,
                () -> {
                    try {
                        found(FILE);
                    } catch (CompletionException e) {
                        throw Objects.requireNonNull(e.getCause());
                    }
                });
    }

    private Optional<Engine> engine() {
        return running
                ? Optional.of(fake(Engine.class, (method, arguments) -> torrent(arguments[0])))
                : Optional.empty();
    }

    private Optional<Torrent> torrent(Object hash) {
        return hash.equals(HASH)
                ? Optional.of(fake(Torrent.class, this::answer))
                : Optional.empty();
    }

    private Object answer(String method, Object[] arguments) {
        return switch (method) {
            case "number" -> 1;
            case "metainfo" -> Optional.empty();
            case "snapshot" -> new SnapshotBuilder(state).build();
            case "files" -> CompletableFuture.completedStage(List.of());
            case "start" -> now(TorrentState.DOWNLOAD_QUEUED);
            case "startNow" -> now(TorrentState.METADATA);
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private Object now(TorrentState changed) {
        state = changed;
        return CompletableFuture.completedStage(null);
    }
}
