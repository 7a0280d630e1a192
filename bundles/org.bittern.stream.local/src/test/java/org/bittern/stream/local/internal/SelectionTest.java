package org.bittern.stream.local.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.testkit.Fakes.fake;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.InfoHash;
import org.bittern.testkit.SnapshotBuilder;
import org.junit.jupiter.api.Test;

/** What is changed of a torrent for a stream, and put back. */
class SelectionTest {
    private static final TorrentState QUEUED = TorrentState.DOWNLOAD_QUEUED;
    private static final InfoHash HASH = InfoHash.ofV1(HexFormat.of().parseHex("ab".repeat(20)));

    private final Selection selection = new Selection();
    private final Queue<Runnable> loop = new ArrayDeque<>(); // of the torrent: one by one
    private TorrentState state = TorrentState.DOWNLOADING;
    private Priority priority = Priority.SKIP;
    private Instant edited = Instant.EPOCH; // by whoever calls
    private int looks; // at the files
    private boolean closed; // with its engine
    private final Torrent torrent =
            (Torrent)
                    Proxy.newProxyInstance(
                            SelectionTest.class.getClassLoader(),
                            new Class<?>[] {Torrent.class},
                            (proxy, method, arguments) -> answer(method.getName(), arguments));

    @Test
    void aFileIsWantedAsLongAsItIsStreamed() {
        needed();
        run();
        assertThat(priority).isEqualTo(Priority.LOW);
        settle(true);
        assertThat(priority).isEqualTo(Priority.LOW);
        settle(false);
        assertThat(priority).isEqualTo(Priority.SKIP);
    }

    @Test
    void whatItsUserWantsMeanwhileStays() {
        needed();
        run();
        priority = Priority.HIGH;
        settle(false);
        assertThat(priority).isEqualTo(Priority.HIGH);
    }

    @Test
    void aFileThatItsUserDeselectsWhileItIsInUseIsWantedForTheNextWhoWaitsAndThenNoMore() {
        priority = Priority.NORMAL;
        needed();
        run();
        assertThat(priority).isEqualTo(Priority.NORMAL);
        for (int time = 0; time < 2; time++) {
            deselectedByItsUser();
            settle(true); // nobody waits, but a player was there a moment ago
            assertThat(priority).isEqualTo(Priority.SKIP);
            needed();
            run();
            assertThat(priority).isEqualTo(Priority.LOW);
        }
        settle(false);
        assertThat(priority).isEqualTo(Priority.SKIP);
    }

    @Test
    void whoWaitsOnDoesNotLookAtTheFilesAgainUntilSomethingWasChanged() {
        needed();
        run();
        needed(); // what was changed is our own selection
        run();
        int before = looks;
        for (int second = 0; second < 5; second++) {
            needed();
            run();
        }
        assertThat(looks).isEqualTo(before);
    }

    @Test
    void aPlayerThatComesBackWhileItsFileIsPutBackGetsIt() {
        needed();
        run();
        selection.settle((torrent, file) -> false);
        needed();
        run();
        assertThat(priority).isEqualTo(Priority.LOW);
        settle(false);
        assertThat(priority).isEqualTo(Priority.SKIP);
    }

    @Test
    void aTorrentOfTheQueueRunsAsLongAsItIsStreamed() {
        state = TorrentState.DOWNLOAD_QUEUED;
        needed();
        run();
        assertThat(state).isEqualTo(TorrentState.DOWNLOADING);
        settle(false);
        settle(false);
        assertThat(state).isEqualTo(TorrentState.DOWNLOAD_QUEUED);
    }

    @Test
    void aTorrentThatIsPausedIsStartedAndRunsOn() {
        state = TorrentState.PAUSED;
        needed();
        run();
        assertThat(state).isEqualTo(TorrentState.DOWNLOAD_QUEUED);
        needed(); // as long as somebody waits
        run();
        assertThat(state).isEqualTo(TorrentState.DOWNLOADING);
        settle(false);
        settle(false);
        assertThat(state).as("back in the queue, but not paused").isEqualTo(QUEUED);
    }

    @Test
    void aTorrentThatIsQueuedSinceAFileOfItIsWantedAgainRuns() {
        state = TorrentState.SEED_QUEUED;
        needed();
        run();
        assertThat(priority).isEqualTo(Priority.LOW);
        assertThat(state).isEqualTo(TorrentState.DOWNLOADING);
    }

    @Test
    void aPlayerThatComesBackWhileItsTorrentIsQueuedFindsItRunning() {
        state = TorrentState.DOWNLOAD_QUEUED;
        needed();
        run();
        settle(false);
        selection.settle((torrent, file) -> false);
        needed();
        run();
        assertThat(state).isEqualTo(TorrentState.DOWNLOADING);
    }

    @Test
    void everythingIsGivenBackAtTheEnd() {
        state = TorrentState.DOWNLOAD_QUEUED;
        needed();
        run();
        CompletableFuture<?> given = selection.giveBack();
        run();
        assertThat(given).isDone();
        assertThat(priority).isEqualTo(Priority.SKIP);
        assertThat(state).isEqualTo(TorrentState.DOWNLOAD_QUEUED);
    }

    @Test
    void whatWasChangedIsPutBackInTheNextEngine() {
        state = TorrentState.DOWNLOAD_QUEUED;
        needed();
        run();
        selection.engineGone();
        closed = true;
        settle(false);
        settle(false);
        assertThat(priority).isEqualTo(Priority.LOW);
        closed = false;
        selection.engineCame(fake(Engine.class, (method, arguments) -> Optional.of(torrent)));
        settle(false);
        settle(false);
        assertThat(priority).isEqualTo(Priority.SKIP);
        assertThat(state).isEqualTo(TorrentState.DOWNLOAD_QUEUED);
    }

    private void deselectedByItsUser() {
        priority = Priority.SKIP;
        edited = edited.plusMillis(1);
    }

    private void needed() {
        selection.needed(torrent, 0);
    }

    private void settle(boolean used) {
        selection.settle((torrent, file) -> used);
        run();
    }

    private void run() {
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
    }

    private Object answer(String method, Object[] arguments) {
        return switch (method) {
            case "number" -> 1;
            case "infoHash" -> HASH;
            case "snapshot" -> new SnapshotBuilder(state).edited(edited).build();
            case "files" -> {
                looks++;
                yield later(() -> List.of(file()));
            }
            case "setFilePriorities" -> later(() -> wanted(wish((Map<?, ?>) arguments[0])));
            case "start" -> later(() -> state = TorrentState.DOWNLOAD_QUEUED); // it is full
            case "startNow" -> later(() -> state = TorrentState.DOWNLOADING);
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private Priority wanted(Priority now) {
        priority = now;
        edited = edited.plusMillis(1);
        if (state == TorrentState.SEED_QUEUED) {
            state = TorrentState.DOWNLOAD_QUEUED; // it is full
        }
        return now;
    }

    private static Priority wish(Map<?, ?> priorities) {
        return (Priority) Objects.requireNonNull(priorities.get(0));
    }

    private <T> CompletionStage<T> later(Supplier<T> command) {
        CompletableFuture<T> done = new CompletableFuture<>();
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("closed"));
        }
        loop.add(() -> done.complete(command.get()));
        return done;
    }

    private FileSnapshot file() {
        return new FileSnapshot(0, "film", Path.of("/film"), 10, 0, priority, 0, 0, false);
    }
}
