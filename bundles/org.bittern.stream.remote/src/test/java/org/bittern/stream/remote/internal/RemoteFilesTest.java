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

    private final Sent sent = new Sent();
    private final RemoteFiles files = new RemoteFiles(List.of());
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
    void beforeAnyBrainHasConnectedNobodyKnowsWhatThereIs() {
        assertThat(files.find(ID).toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(NotReadyException.class);
        files.connected();
        assertThat(files.find(ID)).isCompletedWithValue(Optional.empty());
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
            return true;
        }
    }
}
