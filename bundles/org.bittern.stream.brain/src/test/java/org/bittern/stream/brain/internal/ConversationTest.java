package org.bittern.stream.brain.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said over one connection, with a catalog and a socket that belong to the test. */
@Timeout(60)
class ConversationTest {
    private static final String FILM = "film";
    private static final OptionalLong ALL = OptionalLong.empty();

    private final AtomicLong nanos = new AtomicLong();
    private final FakeCatalog catalog = new FakeCatalog();
    private final FakeWire wire = new FakeWire();
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private Conversation conversation =
            new Conversation(catalog, nanos::get, Conversation.PING_NANOS);
    private Thread speaker = new Thread();

    @BeforeEach
    void begin() throws InterruptedException {
        catalog.put(FILM, "/film");
        speak();
        assertThat(wire.next()).isEqualTo(registered(FILM, "/film"));
    }

    private void speak() {
        speaker =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                conversation.speak(wire);
                            } catch (IOException e) {
                                ended.complete(e.getMessage());
                            } catch (InterruptedException e) {
                                ended.complete("interrupted");
                            }
                        });
    }

    @AfterEach
    void end() throws InterruptedException {
        speaker.interrupt();
        assertThat(speaker.join(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void filesAreRegisteredAsTheyComeAndUnregisteredWhenTheyGo() throws Exception {
        catalog.put("other", "/other");
        assertThat(wire.next()).isEqualTo(registered("other", "/other"));
        catalog.groupChanged();
        catalog.put("other", "/moved");
        assertThat(wire.next()).isEqualTo(registered("other", "/moved"));
        catalog.remove(FILM);
        assertThat(wire.next()).isEqualTo("{\"op\":\"file_unregister\",\"fileId\":\"film\"}");
        ask(UUID.randomUUID());
        assertThat(wire.next()).contains("range_reject", "404");
        catalog.put(FILM, "/film");
        assertThat(wire.next()).isEqualTo(registered(FILM, "/film"));
    }

    @Test
    void nothingIsUnregisteredWhileNobodyCanTell() throws Exception {
        catalog.ready = false;
        catalog.withdrawn(FILM);
        assertThat(catalog.refusals.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        catalog.groupChanged();
        assertThat(catalog.refusals.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        catalog.ready = true;
        catalog.put("other", "/other");
        assertThat(wire.next()).isEqualTo(registered("other", "/other"));
    }

    @Test
    void whatTheBrainSaysIsPassedOnInItsOrder() throws Exception {
        UUID id = UUID.randomUUID();
        ask(id);
        assertThat(catalog.asked).containsExactly(new RangeRequest(FILM, 10, 19, id));
        catalog.answer(id, new RangeAnswer.Block());
        assertThat(wire.next()).isEqualTo(answer("range_block", "", id));
        catalog.answer(id, new RangeAnswer.Progress());
        assertThat(wire.next()).isEqualTo(answer("range_progress", "", id));
        catalog.answer(id, new RangeAnswer.Ready(OptionalLong.of(50)));
        assertThat(wire.next()).isEqualTo(answer("range_ready", "\"end\":50,", id));
        UUID there = UUID.randomUUID();
        ask(there);
        catalog.answer(there, new RangeAnswer.Available(ALL));
        assertThat(wire.next()).isEqualTo(answer("range_available", "", there));
        UUID refused = UUID.randomUUID();
        ask(refused);
        catalog.answer(refused, new RangeAnswer.Reject(OptionalInt.of(416), "too far"));
        assertThat(wire.next())
                .isEqualTo(
                        answer("range_reject", "\"status\":416,\"reason\":\"too far\",", refused));
        UUID gone = UUID.randomUUID();
        ask(gone);
        catalog.answer(gone, new RangeAnswer.Gone("nobody"));
        assertThat(wire.next())
                .isEqualTo(answer("range_reject", "\"status\":503,\"reason\":\"nobody\",", gone));
    }

    @Test
    void whatTheIoSideMustNotSayIsIgnored() throws Exception {
        UUID id = UUID.randomUUID();
        ask(id);
        ask(id);
        for (String text :
                List.of(
                        "",
                        "{",
                        "[]",
                        "7",
                        "{\"op\":5}",
                        "{\"op\":\"dance\"}",
                        request(FILM, 10, 9, UUID.randomUUID()),
                        request(FILM, -1, 9, UUID.randomUUID()),
                        request(FILM, 0, 9, UUID.randomUUID()) + "{}",
                        request(FILM, 0, 9, UUID.randomUUID()).replace("}", ",\"start\":1}"),
                        request(FILM, 0, 9, UUID.randomUUID()).replace("9", "99999999999999999999"),
                        "{\"op\":\"range_request\",\"fileId\":\"film\",\"start\":0,\"end\":9}",
                        cancel(UUID.randomUUID()))) {
            conversation.text(text);
        }
        assertThat(catalog.asked).hasSize(1);
        assertThat(catalog.cancelled).isEmpty();
        assertThat(wire.isSilent()).isTrue();
        conversation.text(request("none", 0, 9, UUID.randomUUID()));
        assertThat(wire.next()).contains("range_reject", "404");
        assertThat(catalog.asked).hasSize(1);
    }

    @Test
    void aClientThatHasGoneIsForgottenBeforeAndAfterItsGrant() {
        UUID waits = UUID.randomUUID();
        UUID reads = UUID.randomUUID();
        ask(waits);
        ask(reads);
        catalog.answer(reads, new RangeAnswer.Available(ALL));
        conversation.text(cancel(waits));
        conversation.text(cancel(reads));
        conversation.text(cancel(reads));
        assertThat(catalog.cancelled).containsExactly(waits, reads);
        catalog.answer(waits, new RangeAnswer.Block());
        assertThat(catalog.cancelled).as("it began to care too late").endsWith(waits).hasSize(3);
    }

    @Test
    void aConnectionThatIsLostCancelsAllThatItAskedFor() throws Exception {
        UUID waits = UUID.randomUUID();
        UUID reads = UUID.randomUUID();
        UUID refused = UUID.randomUUID();
        ask(waits);
        ask(reads);
        ask(refused);
        catalog.answer(reads, new RangeAnswer.Available(ALL));
        catalog.answer(refused, new RangeAnswer.Reject(OptionalInt.empty(), "no"));
        conversation.lost("a reason");
        conversation.lost("another reason");
        assertThat(ended.get(30, TimeUnit.SECONDS)).isEqualTo("a reason");
        speaker.join();
        assertThat(catalog.cancelled).containsExactlyInAnyOrder(waits, reads);
        assertThat(catalog.isWatched()).isFalse();
        catalog.answer(waits, new RangeAnswer.Block());
        assertThat(catalog.cancelled).hasSize(3).endsWith(waits);
        ask(UUID.randomUUID());
        assertThat(catalog.asked).as("nothing is asked any more").hasSize(3);
    }

    @Test
    void moreThanManyOpenRequestsAreRejected() throws Exception {
        for (int i = 0; i < Requests.MOST_OPEN; i++) {
            ask(UUID.randomUUID());
        }
        assertThat(wire.isSilent()).isTrue();
        UUID last = UUID.randomUUID();
        ask(last);
        assertThat(wire.next())
                .isEqualTo(
                        answer(
                                "range_reject",
                                "\"status\":503,\"reason\":\"too many requests\",",
                                last));
        assertThat(catalog.asked).hasSize(Requests.MOST_OPEN);
        conversation.text(cancel(catalog.asked.get(0).requestId()));
        ask(last);
        assertThat(catalog.asked).hasSize(Requests.MOST_OPEN + 1);
    }

    @Test
    void anIoSideThatIsSilentIsPingedAndLeft() throws Exception {
        end();
        ended.get(30, TimeUnit.SECONDS);
        CompletableFuture<Void> silent = new CompletableFuture<>();
        conversation = new Conversation(catalog, nanos::get, 1);
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        conversation.speak(wire);
                    } catch (IOException | InterruptedException e) {
                        silent.completeExceptionally(e);
                    }
                });
        assertThat(wire.next()).isEqualTo(registered(FILM, "/film"));
        assertThat(wire.next()).isEqualTo(FakeWire.PING);
        nanos.addAndGet(Conversation.SILENCE_NANOS - 1);
        conversation.heard();
        nanos.addAndGet(Conversation.SILENCE_NANOS - 1);
        assertThat(wire.next()).isEqualTo(FakeWire.PING);
        assertThat(silent).isNotDone();
        nanos.incrementAndGet();
        assertThat(silent)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withMessageContaining("silent");
    }

    private void ask(UUID id) {
        conversation.text(request(FILM, 10, 19, id));
    }

    private static String request(String file, long start, long end, UUID id) {
        return "{\"op\":\"range_request\",\"fileId\":\"%s\",\"start\":%d,\"end\":%d,\"requestId\":\"%s\"}"
                .formatted(file, start, end, id);
    }

    private static String cancel(UUID id) {
        return "{\"op\":\"range_cancel\",\"requestId\":\"" + id + "\"}";
    }

    private static String answer(String op, String more, UUID id) {
        return "{\"op\":\"%s\",%s\"requestId\":\"%s\"}".formatted(op, more, id);
    }

    static String registered(String id, String path) {
        return """
        {"op":"file_register","fileId":"%s","path":"%s","length":100,"name":"%s.mkv","etag":"tag-%s",\
        "modified":"1970-01-01T00:00:00Z","group":"group","groupName":"A group"}\
        """
                .formatted(id, path, id, id);
    }
}
