package org.bittern.dht.internal;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Questions that we asked and that are not answered yet. An answer counts only when it comes from
 * the address that was asked and carries the number of the question; where a proxy has looked a
 * name up, the number alone must do. Owned by the node's loop.
 */
final class Exchanges {
    /** Questions open at a time; more are not asked. */
    static final int MAX_OPEN = 512;

    static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final EventLoop loop;
    private final RandomGenerator random;
    private final Sender sender;
    private final Map<BString, Open> open = new HashMap<>();

    /** The way to others. */
    interface Sender {
        /** Sends a datagram. */
        void send(byte[] datagram, InetSocketAddress to);

        /**
         * Whether others cannot reach us to ask anything, only answer: our node is read-only then
         * (BEP 43), so nobody keeps it in mind in place of one that can be asked.
         */
        default boolean readOnly() {
            return false;
        }
    }

    /** Who hears of the answer; one method is called once. */
    interface Answer {
        /** The values of the reply with a valid id. */
        void answered(Contact from, BDict values);

        /** No answer came, or an error. */
        void failed();
    }

    private record Open(InetSocketAddress to, Answer answer, EventLoop.Timer timeout) {}

    Exchanges(EventLoop loop, RandomGenerator random, Sender sender) {
        this.loop = loop;
        this.random = random;
        this.sender = sender;
    }

    /** Asks; {@code answer} is called later, or at once with a failure when too many are open. */
    void ask(InetSocketAddress to, String method, BDict arguments, Answer answer) {
        if (open.size() >= MAX_OPEN) {
            answer.failed();
            return;
        }
        BString transaction = transaction();
        open.put(
                transaction,
                new Open(to, answer, loop.schedule(TIMEOUT_NANOS, () -> expired(transaction))));
        Krpc.Query query = new Krpc.Query(transaction, method, arguments, sender.readOnly());
        sender.send(query.encode(), to);
    }

    /** Whether the reply was an answer to one of our questions. */
    boolean replied(Krpc.Reply reply, InetSocketAddress from) {
        Open asked = take(reply.transaction(), from);
        if (asked == null) {
            return false;
        }
        var id = reply.values().string("id").flatMap(NodeId::read);
        if (id.isPresent()) {
            asked.answer.answered(new Contact(id.get(), from), reply.values());
        } else {
            asked.answer.failed();
        }
        return id.isPresent();
    }

    void refused(Krpc.Failure failure, InetSocketAddress from) {
        Open asked = take(failure.transaction(), from);
        if (asked != null) {
            asked.answer.failed();
        }
    }

    int open() {
        return open.size();
    }

    /** Forgets all questions; nobody hears of them any more. */
    void close() {
        List.copyOf(open.values()).forEach(asked -> asked.timeout.cancel());
        open.clear();
    }

    private @Nullable Open take(BString transaction, InetSocketAddress from) {
        Open asked = open.get(transaction);
        if (asked == null || !(asked.to.isUnresolved() || asked.to.equals(from))) {
            return null;
        }
        open.remove(transaction);
        asked.timeout.cancel();
        return asked;
    }

    private void expired(BString transaction) {
        Open asked = open.remove(transaction);
        if (asked != null) {
            asked.answer.failed();
        }
    }

    private BString transaction() {
        byte[] bytes = new byte[Integer.BYTES];
        BString transaction;
        do {
            random.nextBytes(bytes);
            transaction = new BString(bytes);
        } while (open.containsKey(transaction));
        return transaction;
    }
}
