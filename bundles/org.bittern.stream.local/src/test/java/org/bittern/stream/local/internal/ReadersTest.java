package org.bittern.stream.local.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bittern.api.engine.PieceDemand;
import org.bittern.api.engine.PieceNeed;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeRequest;
import org.bittern.metainfo.PieceMap;
import org.bittern.testkit.SnapshotBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readers that wait. */
@Timeout(60)
class ReadersTest {
    private static final PieceMap MAP =
            PieceMap.contiguous(65_536, new long[] {64 << 20}, new boolean[1]);
    private static final FileId FILE = new FileId("0".repeat(40), 0);

    private long nanos;
    private final Readers readers = new Readers(() -> nanos, new Selection());
    private final List<RangeAnswer> answers = new ArrayList<>();
    private final List<PieceNeed> needs = new ArrayList<>();
    private CompletableFuture<OptionalInt> there = new CompletableFuture<>(); // of the last one
    private int open; // demands
    private long downloaded; // of the whole torrent
    private long gathered; // of what is waited for
    private TorrentState state = TorrentState.DOWNLOADING;
    private final Torrent torrent =
            (Torrent)
                    Proxy.newProxyInstance(
                            ReadersTest.class.getClassLoader(),
                            new Class<?>[] {Torrent.class},
                            (proxy, method, arguments) -> answer(method.getName()));

    @Test
    void aTorrentThatIsQueuedWhileItIsWaitedForIsStarted() {
        state = TorrentState.CHECKING; // it was just added
        block();
        readers.pulse();
        assertThat(state).isEqualTo(TorrentState.CHECKING);
        state = TorrentState.DOWNLOAD_QUEUED;
        readers.pulse();
        assertThat(state).isEqualTo(TorrentState.DOWNLOADING);
    }

    @Test
    void aTorrentThatItsUserStopsStaysStopped() {
        block();
        answers.clear();
        state = TorrentState.STOPPED;
        readers.pulse();
        readers.pulse();
        assertThat(answers).containsExactly(TorrentBrain.reject(503, "the torrent is stopped"));
        assertThat(state).isEqualTo(TorrentState.STOPPED);
    }

    @Test
    void whatComesForOthersIsNoProgressForWhoWaits() {
        block();
        assertThat(answers).containsExactly(new RangeAnswer.Block());
        answers.clear();
        downloaded = 500_000;
        readers.pulse();
        readers.pulse();
        assertThat(answers).isEmpty();
        downloaded = 600_000;
        gathered = 16_384;
        readers.pulse();
        readers.pulse();
        assertThat(answers).containsExactly(new RangeAnswer.Progress());
        downloaded = 700_000;
        gathered = 0; // the piece was bad
        readers.pulse();
        assertThat(answers).hasSize(1);
        downloaded = 800_000;
        gathered = 16_384;
        readers.pulse();
        assertThat(answers).hasSize(2);
    }

    @Test
    void nothingIsNeededForAClientThatLeftBeforeItWasKnownWhatIsThere() {
        TorrentBrain.Case early = asked();
        TorrentBrain.Case late = asked();
        for (TorrentBrain.Case window : List.of(early, late)) {
            readers.begin(window.request().requestId());
        }
        readers.cancel(early.request().requestId());
        readers.block(early);
        assertThat(readers.granted(early, 65_535)).isFalse();
        assertThat(readers.decided(early.request().requestId())).isFalse();
        assertThat(answers).isEmpty();
        assertThat(readers.waitingFor(FILE)).isEmpty();
        assertThat(readers.count(FILE)).isZero();
        readers.block(late);
        assertThat(readers.waitingFor(FILE)).hasSize(1);
    }

    @Test
    void aReaderThatIsSilentNeedsNothingAfterAMinute() {
        readEightMebibytes();
        nanos += Readers.RESTS_AFTER_NANOS - 1;
        readers.pulse();
        assertThat(readers.count(FILE)).isOne();
        assertThat(open).isOne();
        nanos++;
        readers.pulse();
        assertThat(readers.count(FILE)).isZero();
        assertThat(open).isZero();
    }

    @Test
    void whoWaitsIsNeverTooSilent() {
        block();
        nanos += 2 * Readers.FORGOTTEN_AFTER_NANOS;
        readers.pulse();
        assertThat(readers.count(FILE)).isOne();
        assertThat(readers.waitingFor(FILE)).hasSize(1);
        assertThat(open).isOne();
    }

    @Test
    void aPlayerThatComesBackWithinTenMinutesIsKnownToPlay() {
        readEightMebibytes();
        nanos += Readers.RESTS_AFTER_NANOS;
        readers.pulse();
        nanos += Readers.FORGOTTEN_AFTER_NANOS - Readers.RESTS_AFTER_NANOS - 1;
        readers.pulse();
        block(8 << 20);
        assertThat(needs.getLast().first().first()).isEqualTo(128);
        assertThat(needs.getLast().ahead().getFirst())
                .as("as much as it has read")
                .isEqualTo(new PieceNeed.Span(129, 256, PieceNeed.Urgency.NEXT));
    }

    @Test
    void laterItIsOneThatMayLookForAnIndexAtTheEnd() {
        readEightMebibytes();
        nanos += Readers.RESTS_AFTER_NANOS;
        readers.pulse();
        nanos += Readers.FORGOTTEN_AFTER_NANOS - Readers.RESTS_AFTER_NANOS;
        readers.pulse();
        block(8 << 20);
        assertThat(needs.getLast().ahead().getFirst())
                .isEqualTo(new PieceNeed.Span(1020, 1023, PieceNeed.Urgency.NEXT));
    }

    private void readEightMebibytes() {
        block();
        there.complete(OptionalInt.of(1023));
        OptionalLong end = OptionalLong.of((8 << 20) - 1);
        assertThat(answers).containsExactly(new RangeAnswer.Block(), new RangeAnswer.Ready(end));
    }

    private void block() {
        block(0);
    }

    private void block(long start) {
        TorrentBrain.Case asked = asked(start);
        readers.begin(asked.request().requestId());
        readers.block(asked);
    }

    private TorrentBrain.Case asked() {
        return asked(0);
    }

    private TorrentBrain.Case asked(long start) {
        RangeRequest request =
                new RangeRequest(FILE.toString(), start, start + 65_535, UUID.randomUUID());
        return new TorrentBrain.Case(request, answers::add, FILE, torrent, MAP);
    }

    private Object answer(String method) {
        return switch (method) {
            case "number" -> 1;
            case "snapshot" ->
                    new SnapshotBuilder(state)
                            .transfer(
                                    new TorrentSnapshot.Transfer(
                                            0, 0, downloaded, 0, 0, 0, 0, 0, 0))
                            .build();
            case "files" -> CompletableFuture.completedStage(List.of());
            case "startNow" -> {
                state = TorrentState.DOWNLOADING;
                yield CompletableFuture.completedStage(null);
            }
            case "demand" -> {
                open++;
                yield new Demand();
            }
            default -> throw new UnsupportedOperationException(method);
        };
    }

    /** Gets what it needs when the test says so. */
    private final class Demand implements PieceDemand {
        @Override
        public CompletionStage<OptionalInt> need(PieceNeed need) {
            needs.add(need);
            there = new CompletableFuture<>();
            return there;
        }

        @Override
        public CompletionStage<Long> gatheredBytes() {
            return CompletableFuture.completedStage(gathered);
        }

        @Override
        public void close() {
            open--;
        }
    }
}
