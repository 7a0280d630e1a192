package org.bittern.stream.local.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
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
            PieceMap.contiguous(65_536, new long[] {1 << 20}, new boolean[1]);
    private static final FileId FILE = new FileId("0".repeat(40), 0);

    private final Readers readers = new Readers(() -> 0, new Selection());
    private final List<RangeAnswer> answers = new ArrayList<>();
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

    private void block() {
        TorrentBrain.Case asked = asked();
        readers.begin(asked.request().requestId());
        readers.block(asked);
    }

    private TorrentBrain.Case asked() {
        RangeRequest request = new RangeRequest(FILE.toString(), 0, 65_535, UUID.randomUUID());
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
            case "demand" -> new Demand();
            default -> throw new UnsupportedOperationException(method);
        };
    }

    /** Never gets what it needs. */
    private final class Demand implements PieceDemand {
        @Override
        public CompletionStage<OptionalInt> need(PieceNeed need) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<Long> gatheredBytes() {
            return CompletableFuture.completedStage(gathered);
        }

        @Override
        public void close() {}
    }
}
