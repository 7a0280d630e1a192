package org.bittern.tracker.internal;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bittern.spi.net.EventLoop;

/**
 * One question to one address of a UDP tracker: connect unless there is a connection id, ask, and
 * send again when nothing comes (BEP 15). Owned by the loop of the torrent.
 */
final class UdpExchange {
    private static final long GOODBYE_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int GOODBYE_RETRIES = 1;

    private final EventLoop loop;
    private final UdpEndpoint endpoint;
    private final InetSocketAddress remote;
    private final Question question;
    private final long timeoutNanos;
    private final int retries;
    private final Consumer<Result> done;

    private EventLoop.Timer timer = () -> {};
    private int transaction;
    private int attempt;
    private boolean reconnected;
    private boolean over;

    /**
     * What is asked.
     *
     * @param action of the answer
     */
    record Question(int action, Encoder encoder, Patience patience) {}

    /** Makes a datagram. */
    interface Encoder {
        byte[] encode(long connection, int transaction);
    }

    /**
     * What came of it.
     *
     * @param answer whole and of the right action; empty when there is none
     * @param message why not
     */
    record Result(Optional<byte[]> answer, String message) {}

    /**
     * The time scale of BEP 15: 15 s before the first retry, doubled for each one.
     *
     * @param retries 0 to 8
     */
    record Schedule(long timeoutNanos, int retries) {}

    UdpExchange(
            UdpEndpoint endpoint,
            InetSocketAddress remote,
            Question question,
            Schedule schedule,
            Consumer<Result> done) {
        this.endpoint = endpoint;
        loop = endpoint.loop();
        this.remote = remote;
        this.question = question;
        this.done = done;
        timeoutNanos =
                question.patience == Patience.GOODBYE
                        ? Math.min(GOODBYE_TIMEOUT_NANOS, schedule.timeoutNanos)
                        : schedule.timeoutNanos;
        retries =
                switch (question.patience) {
                    case FULL -> schedule.retries;
                    case BRIEF -> 0;
                    case GOODBYE -> GOODBYE_RETRIES;
                };
    }

    /** Sends the first datagram. */
    void start() {
        send();
        timer = loop.schedule(timeoutNanos << attempt, this::timedOut);
    }

    private void send() {
        if (endpoint.hasConnection(remote)) {
            transaction = endpoint.begin(remote, this::answered);
            long connection = endpoint.connection(remote);
            send(question.encoder.encode(connection, transaction));
        } else {
            transaction = endpoint.begin(remote, this::connected);
            send(UdpMessages.connect(transaction));
        }
    }

    private void send(byte[] datagram) {
        int sent = transaction;
        endpoint.send(datagram, remote, reason -> unsent(sent, reason));
    }

    /**
     * A host may have only one address family: then nobody need wait for an answer by the other.
     */
    private void unsent(int number, String reason) {
        if (number == transaction) {
            endpoint.forget(transaction);
            finish(new Result(Optional.empty(), "no way there: " + reason));
        }
    }

    private void timedOut() {
        endpoint.forget(transaction);
        if (attempt >= retries) {
            finish(new Result(Optional.empty(), "timed out"));
        } else {
            attempt++;
            start();
        }
    }

    private boolean connected(byte[] answer) {
        if (UdpMessages.action(answer) == UdpMessages.ERROR) {
            return finish(new Result(Optional.empty(), UdpMessages.error(answer)));
        }
        if (UdpMessages.action(answer) != UdpMessages.CONNECT) {
            return false;
        }
        endpoint.connected(remote, UdpMessages.connection(answer));
        goOn();
        return true;
    }

    private void goOn() {
        timer.cancel();
        if (endpoint.hasConnection(remote)) {
            start();
        } else {
            finish(new Result(Optional.empty(), "too many trackers at a time"));
        }
    }

    private boolean answered(byte[] answer) {
        if (UdpMessages.action(answer) == question.action) {
            return finish(new Result(Optional.of(answer), ""));
        }
        if (UdpMessages.action(answer) != UdpMessages.ERROR) {
            return false;
        }
        // A tracker that was restarted does not know our connection id: once we get a new one.
        if (!reconnected && UdpMessages.error(answer).matches("(?i).*connection.*")) {
            reconnected = true;
            endpoint.disconnected(remote);
            timer.cancel();
            start();
            return true;
        }
        return finish(new Result(Optional.empty(), UdpMessages.error(answer)));
    }

    private boolean finish(Result result) {
        timer.cancel();
        if (!over) {
            over = true;
            done.accept(result);
        }
        return true;
    }
}
