package org.bittern.stream.brain.internal;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bittern.api.stream.FileCatalog;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said over one connection, from the first file that is registered to its end, when
 * everything that the I/O side has asked for is cancelled. What comes in is taken on any thread,
 * and answered by the brain on any; one thread speaks.
 */
final class Conversation implements Wire.Events {
    private static final Logger log = LoggerFactory.getLogger(Conversation.class);

    /** An I/O side that was not heard of for so long is gone; it is pinged several times. */
    static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    static final long PING_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final int NOT_FOUND = 404;

    private final FileCatalog catalog;
    private final LongSupplier nanos;
    private final long pingNanos;
    private final Offers offers;
    private final Requests requests = new Requests();
    private final Outbox outbox = new Outbox();
    private volatile long heardNanos;

    /**
     * Begins before there is a connection.
     *
     * @param pingNanos how long nothing is said before a sign of life is asked for
     */
    Conversation(FileCatalog catalog, LongSupplier nanos, long pingNanos) {
        this.catalog = catalog;
        this.nanos = nanos;
        this.pingNanos = pingNanos;
        offers = new Offers(catalog);
        heardNanos = nanos.getAsLong();
    }

    /**
     * Speaks until the connection is lost.
     *
     * @throws IOException with the reason, always in the end
     */
    void speak(Wire wire) throws IOException, InterruptedException {
        heard();
        Runnable groups = catalog.watchGroups(outbox::look);
        Runnable files =
                catalog.watch(
                        fileId -> offers.group(fileId).map(Optional::of).ifPresent(outbox::look));
        try {
            outbox.look(Optional.empty());
            while (true) {
                switch (outbox.take(pingNanos)) {
                    case Outbox.Work.Say said -> wire.send(said.statement().json());
                    case Outbox.Work.Look changed ->
                            offers.look(changed.group(), statement -> wire.send(statement.json()));
                    case Outbox.Work.Nothing _ -> wire.ping();
                }
                if (nanos.getAsLong() - heardNanos >= SILENCE_NANOS) {
                    throw new IOException("it is silent");
                }
            }
        } finally {
            files.run();
            groups.run();
            outbox.end("it is over");
            requests.cancelAll().forEach(catalog.brain()::cancel);
        }
    }

    @Override
    public void heard() {
        heardNanos = nanos.getAsLong();
    }

    @Override
    public void lost(String reason) {
        outbox.end(reason);
    }

    @Override
    public void text(String text) {
        heard();
        switch (Question.parse(text)) {
            case Question.Request(RangeRequest window) -> ask(window);
            case Question.Cancel(UUID requestId) -> {
                if (requests.cancel(requestId)) {
                    catalog.brain().cancel(requestId);
                }
            }
            case Question.Unusable(String why) -> log.debug("ignored: {}", why);
        }
    }

    private void ask(RangeRequest window) {
        UUID id = window.requestId();
        if (!offers.has(window.fileId())) {
            reject(id, NOT_FOUND, "no such file is registered");
            return;
        }
        switch (requests.begin(id)) {
            case ASKED -> catalog.brain().request(window, answer -> answered(id, answer));
            case TOO_MANY -> reject(id, Statement.UNAVAILABLE, "too many requests");
            case IGNORED -> log.debug("ignored: another request {}", id);
        }
    }

    private void reject(UUID requestId, int status, String reason) {
        RangeAnswer no = new RangeAnswer.Reject(OptionalInt.of(status), reason);
        outbox.say(new Statement.Answer(requestId, no));
    }

    /**
     * A brain may begin to care for a window only after its client has gone; then it is told again.
     */
    private void answered(UUID requestId, RangeAnswer answer) {
        boolean waited =
                switch (answer) {
                    case RangeAnswer.Block _ -> requests.waits(requestId);
                    case RangeAnswer.Progress _ -> requests.waits(requestId);
                    case RangeAnswer.Available _ -> requests.end(requestId, true);
                    case RangeAnswer.Ready _ -> requests.end(requestId, true);
                    case RangeAnswer.Reject _ -> requests.end(requestId, false);
                    case RangeAnswer.Gone _ -> requests.end(requestId, false);
                };
        if (waited) {
            outbox.say(new Statement.Answer(requestId, answer));
        } else {
            catalog.brain().cancel(requestId);
        }
    }
}
