package org.bittern.stream.remote.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bittern.api.stream.NotReadyException;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeRequest;
import org.bittern.api.stream.StreamFile;
import org.bittern.web.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a brain elsewhere hears of its files. */
@Timeout(60)
class RemoteFilesTest {
    private static final String ID = "film";
    private static final Optional<String> ID_GROUP = Optional.of(ID);

    private final Sent sent = new Sent();
    private long nanos = Long.MAX_VALUE - 1; // wraps around
    private final RemoteFiles files = new RemoteFiles(List.of(), () -> nanos);
    private final BrainLink link = new BrainLink(sent, files);
    private final List<RangeAnswer> answers = new ArrayList<>();

    @Test
    void hearsOfEveryClientThatGoesHoweverMuchOthersRead() {
        files.register(file(), link);
        UUID waits = ask();
        link.text("{\"op\":\"range_block\",\"requestId\":\"" + waits + "\"}");
        UUID last = waits;
        for (int i = 0; i <= RemoteFiles.MOST_ANSWERED; i++) {
            last = ask();
            link.text("{\"op\":\"range_available\",\"requestId\":\"" + last + "\"}");
        }
        assertThat(answers).hasSize(RemoteFiles.MOST_ANSWERED + 2);
        sent.messages.clear();
        files.cancel(last);
        files.cancel(waits);
        files.cancel(waits);
        assertThat(sent.messages).containsExactly(Message.cancel(last), Message.cancel(waits));
    }

    @Test
    void aConnectionThatIsLostIsNoWordOfTheBrain() {
        files.register(file(), link);
        ask();
        link.closed(1006, "lost");
        RangeAnswer gone = new RangeAnswer.Gone("the brain has gone");
        assertThat(answers).containsExactly(gone);
        ask();
        assertThat(answers).containsExactly(gone, gone);
    }

    @Test
    void whoeverWaitsWhenItStopsIsToldAndNotLeftWaiting() {
        files.register(file(), link);
        ask();
        files.close();
        RangeAnswer gone = new RangeAnswer.Gone("the brain has gone");
        assertThat(answers).containsExactly(gone);
        ask();
        link.closed(1001, "closed");
        assertThat(answers).containsExactly(gone, gone);
    }

    @Test
    void whoeverAsksThroughASocketThatEndedUnheardIsToldAtOnce() {
        files.register(file(), link);
        sent.open = false;
        ask();
        assertThat(answers).containsExactly(new RangeAnswer.Gone("the brain has gone"));
    }

    @Test
    void beforeAnyBrainHasConnectedNobodyKnowsWhatThereIs() {
        assertNobodyKnows();
        files.connected();
        nanos += RemoteFiles.BEGINS_NANOS;
        assertThat(files.find(ID)).isCompletedWithValue(Optional.empty());
        assertThat(files.files(Optional.empty())).isCompletedWithValue(List.of());
    }

    @Test
    void aBrainThatHasJustConnectedMayStillRegisterWhatIsAskedFor() {
        files.connected();
        nanos += RemoteFiles.BEGINS_NANOS - 1;
        assertNobodyKnows();
        files.register(file(), link);
        assertThat(files.find("other")).isCompletedWithValue(Optional.empty());
        files.connected(); // another one, which has nothing to do with this file
        files.unregister(ID, link);
        assertThat(files.find(ID)).isCompletedWithValue(Optional.empty());
        assertThat(files.files(Optional.empty())).isCompletedWithValue(List.of());
    }

    private void assertNobodyKnows() {
        for (CompletionStage<?> answer :
                List.of(files.find(ID), files.files(Optional.empty()), files.files(ID_GROUP))) {
            assertThat(answer.toCompletableFuture())
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(NotReadyException.class);
        }
    }

    @Test
    void takesNothingFromAMessageThatCouldBeReadInTwoWays() {
        files.register(file(), link);
        UUID waits = ask();
        String end = ",\"requestId\":\"" + waits + "\"}";
        link.text("{\"op\":\"range_available\"" + end + "{\"op\":\"range_reject\"" + end);
        link.text("{\"op\":\"range_available\"" + end + " and more");
        link.text("{\"op\":\"range_reject\",\"op\":\"range_available\"" + end);
        assertThat(answers).isEmpty();
        link.text("{\"op\":\"range_available\"" + end);
        assertThat(answers).containsExactly(new RangeAnswer.Available(OptionalLong.empty()));
    }

    @Test
    void aFileThatWasMovedIsTheSameAndOneWithAnotherTagIsNot() {
        List<String> ended = new ArrayList<>();
        files.watch(ended::add);
        files.register(file(), link);
        files.register(file("/elsewhere", "tag"), link);
        assertThat(ended).isEmpty();
        assertThat(files.find(ID).toCompletableFuture().join())
                .map(StreamFile::path)
                .contains(Path.of("/elsewhere"));
        files.register(file("/elsewhere", "other"), link);
        assertThat(ended).containsExactly(ID);
    }

    @Test
    void aFileIsOfTheBrainThatRegisteredItLast() {
        Sent toNext = new Sent();
        BrainLink next = new BrainLink(toNext, files);
        files.register(file(), link);
        UUID early = ask();
        files.register(file(), next);
        UUID late = ask();
        assertThat(sent.messages).singleElement().asString().contains(early.toString());
        assertThat(toNext.messages).singleElement().asString().contains(late.toString());
        link.text("{\"op\":\"range_available\",\"requestId\":\"" + late + "\"}");
        assertThat(answers).as("it was not asked").isEmpty();
        link.text("{\"op\":\"range_available\",\"requestId\":\"" + early + "\"}");
        assertThat(answers).as("it was asked before").hasSize(1);
        link.text("{\"op\":\"file_unregister\",\"fileId\":\"film\"}");
        link.closed(1000, "done");
        assertThat(files.find(ID).toCompletableFuture().join()).isPresent();
        assertThat(answers).as("the other one goes on").hasSize(1);
        files.cancel(late);
        assertThat(toNext.messages).last().isEqualTo(Message.cancel(late));
    }

    @Test
    void oneConnectionServesSeveralFilesAtOnce() {
        List<RangeAnswer> ofOther = new ArrayList<>();
        files.register(file(), link);
        link.text("{\"op\":\"file_register\",\"fileId\":\"b\",\"path\":\"/b\",\"length\":9}");
        UUID first = ask();
        UUID second = UUID.randomUUID();
        files.request(new RangeRequest("b", 0, 8, second), ofOther::add);
        link.text("{\"op\":\"range_block\",\"requestId\":\"" + first + "\"}");
        link.text("{\"op\":\"range_available\",\"requestId\":\"" + second + "\"}");
        assertThat(answers).containsExactly(new RangeAnswer.Block());
        assertThat(ofOther).containsExactly(new RangeAnswer.Available(OptionalLong.empty()));
        link.text("{\"op\":\"file_unregister\",\"fileId\":\"b\"}");
        assertThat(files.find("b")).isCompletedWithValue(Optional.empty());
        link.text("{\"op\":\"range_ready\",\"requestId\":\"" + first + "\"}");
        assertThat(answers)
                .containsExactly(
                        new RangeAnswer.Block(), new RangeAnswer.Ready(OptionalLong.empty()));
    }

    @Test
    void takesNoNumberForAnId() {
        link.text("{\"op\":\"file_register\",\"fileId\":5,\"path\":\"/film\",\"length\":1}");
        link.text("{\"op\":\"file_register\",\"fileId\":\"a\",\"path\":\"/film\",\"length\":1}");
        assertThat(files.files(Optional.empty()).toCompletableFuture().join())
                .extracting(StreamFile::id)
                .containsExactly("a");
    }

    private UUID ask() {
        UUID id = UUID.randomUUID();
        files.request(new RangeRequest(ID, 0, 9, id), answers::add);
        return id;
    }

    private static StreamFile file() {
        return file("/film", "tag");
    }

    private static StreamFile file(String path, String tag) {
        return new StreamFile(
                ID, ID, ID, Path.of(path), ID, 10, Optional.empty(), tag, Instant.EPOCH);
    }

    /** Keeps what is sent. */
    private static final class Sent implements Socket {
        private final List<String> messages = new ArrayList<>();
        private boolean open = true;

        @Override
        public CompletionStage<Void> send(String text) {
            messages.add(text);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Void> send(String part, boolean last) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> send(byte[] bytes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close(int code, String reason) {}

        @Override
        public boolean isOpen() {
            return open;
        }
    }
}
