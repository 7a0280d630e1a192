package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.PieceNeed;
import org.bittern.api.engine.PieceNeed.Span;
import org.bittern.api.engine.PieceNeed.Urgency;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.net.EventLoop;

/**
 * What the readers of a torrent wait for, merged into one order. Owned by the torrent's loop.
 *
 * <p>All urgent pieces of all readers go before what any of them needs later. Within a class the
 * readers take turns: the first missing piece of each, then the second of each; whoever got what it
 * waited for is the last from then on, so none starves. New readers go before all others until they
 * got something, with what they need next as well: a player that seeks leaves its old request only
 * when the new one is answered, and pulls data that it will never look at until then.
 *
 * <p>When a piece becomes urgent and not all of it is asked for, the peers that have it are
 * relieved of what they were asked besides, so that it does not wait behind seconds of less urgent
 * blocks; and so they are when pieces before it are not urgent any more, since their reader has
 * gone, and of all that was asked for because of that reader: players close their old request a
 * moment after the new one is answered, and in that moment both are served. A piece that is late is
 * asked of a second peer too, see {@code PickRun}.
 *
 * <p>When a piece that a reader waits for has come and no other urgent one is left to ask for,
 * nothing is asked for during {@link #PAUSE_NANOS}: a player that was told to seek meanwhile does
 * so as soon as it gets something, and what was asked for in between would come before what it
 * wants then. It may read an index first, so a new reader that gets what it wants at once does not
 * end the pause. Pauses are {@link #APART_NANOS} apart, lest they cost anything where pieces are
 * small.
 */
final class Demands {
    /** More pieces than this are not kept in order; those beyond are far from any reader. */
    private static final int MOST_PIECES = 1024;

    /** A piece is late when it takes so many times as long as the rate lets expect. */
    private static final int LATE_FACTOR = 2;

    /** Nothing is late before this. */
    private static final long LEAST_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    /** Everything is late after this, however low the limits. */
    private static final long MOST_PATIENCE_NANOS = TimeUnit.HOURS.toNanos(1);

    /**
     * So long a player may take to leave for another place: most need 10 ms, busy ones 90. Peers
     * have a third of a second to send meanwhile, or send later what they have saved.
     */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Peers have work for half of this, and more, so their lines are busy in a pause. */
    private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** In so many rounds peers share what somebody waits for, each by its rate. */
    private static final int SHARING_ROUNDS = 4;

    /** Expected before anything was measured, bytes per second. */
    private static final long LEAST_RATE = 100_000;

    private final TorrentCore torrent;
    private final List<DemandHandle> readers = new ArrayList<>(0); // whose turn is next comes first
    private Map<Integer, Long> lateNanos = new HashMap<>(0); // of the pieces in order
    private long limit = Long.MAX_VALUE; // bytes per second that were expected to come at most
    private BitSet urgent = new BitSet(0);
    private boolean pausing;
    private EventLoop.Timer pause = () -> {};
    private long pausedNanos;

    Demands(TorrentCore torrent) {
        this.torrent = torrent;
        pausedNanos = torrent.loop().nanoTime() - APART_NANOS;
    }

    /** Whether anybody waits: then queues are short. */
    boolean active() {
        return !lateNanos.isEmpty();
    }

    /** Whether a reader is blocked until this piece comes. */
    boolean urgent(int piece) {
        return urgent.get(piece);
    }

    /**
     * A reader moved.
     *
     * @throws EngineException INVALID_ARGUMENT
     */
    void moved(DemandHandle reader, PieceNeed need) {
        Content content = torrent.content();
        if (content == null) {
            throw new EngineException(
                    Code.INVALID_ARGUMENT, "the pieces are not known before the metadata");
        }
        check(need.first(), content);
        need.ahead().forEach(span -> check(span, content));
        boolean joins = !readers.contains(reader);
        if (joins) {
            reader.joined(torrent.loop().nanoTime());
            readers.addFirst(reader);
        }
        if (!answer(reader, content.verified()) && joins) {
            goOn();
        }
        changed();
    }

    private static void check(Span span, Content content) {
        int count = content.map().pieceCount();
        if (span.last() >= count) {
            throw new EngineException(
                    Code.INVALID_ARGUMENT,
                    "piece %d, the torrent has %d pieces".formatted(span.last(), count));
        }
    }

    /** A reader went. */
    void closed(DemandHandle reader) {
        if (readers.remove(reader)) {
            changed();
        }
    }

    /** Whether nothing is asked for at this moment. */
    boolean pausing() {
        return pausing;
    }

    /** All blocks of a piece have come; it will be there soon if they are good. */
    void gathered(int piece) {
        long now = torrent.loop().nanoTime();
        if (now - pausedNanos >= APART_NANOS
                && readers.stream().anyMatch(reader -> waits(reader, piece))
                && unasked(torrent.requireContent(), urgent).isEmpty()) {
            pausedNanos = now;
            pausing = true;
            pause = torrent.loop().schedule(PAUSE_NANOS, () -> torrent.guard(this::goOn));
        }
    }

    private static boolean waits(DemandHandle reader, int piece) {
        PieceNeed need = reader.present();
        return need != null && need.first().first() <= piece && piece <= need.first().last();
    }

    private void goOn() {
        if (pausing) {
            pausing = false;
            pause.cancel();
            torrent.swarm().workFreed();
        }
    }

    /** Asks all of these for blocks that are free; they share what somebody waits for. */
    void giveWork(List<PeerSession> peers) {
        int rounds = active() ? SHARING_ROUNDS : 1;
        for (int i = 0; i < rounds; i++) {
            for (PeerSession peer : peers) {
                peer.down().refill(rounds);
            }
        }
    }

    /** A piece is there. */
    void verified(int piece) {
        if (!readers.isEmpty()) {
            urgent.clear(piece);
            lateNanos.remove(piece);
            for (DemandHandle reader : List.copyOf(readers)) {
                if (answer(reader, torrent.requireContent().verified())) {
                    readers.remove(reader);
                    readers.add(reader);
                }
            }
        }
    }

    /**
     * Other limits may hold. What was late because of them was not late because of a peer: were it
     * asked of a second one, it would come twice, and half of what the limits let through were lost
     * until all of it is there.
     */
    void limitsChanged() {
        if (active() && limit != torrent.links().downLimit()) {
            lateNanos = new HashMap<>(0);
            changed();
        }
    }

    /** Many pieces came or went. */
    void refresh() {
        Content content = torrent.content();
        if (!readers.isEmpty() && content != null) {
            readers.forEach(reader -> answer(reader, content.verified()));
            changed();
        }
    }

    /** The torrent ends. */
    void end() {
        List<DemandHandle> all = List.copyOf(readers);
        readers.clear();
        lateNanos = new HashMap<>(0);
        urgent.clear();
        pausing = false;
        pause.cancel();
        EngineException gone =
                new EngineException(
                        Code.TORRENT_NOT_FOUND, "no torrent " + torrent.infoHash().hex());
        all.forEach(reader -> reader.failed(gone));
    }

    /** Tells a reader what it waits for; false when that is not there yet. */
    private static boolean answer(DemandHandle reader, Bitfield verified) {
        PieceNeed need = reader.present();
        if (need == null || lacks(verified, need.first()) >= 0) {
            return false;
        }
        int end = verified.nextClear(need.first().last());
        int last = end < 0 ? verified.pieceCount() - 1 : end - 1;
        reader.satisfied(OptionalInt.of(last));
        return true;
    }

    /** The first missing piece of a span, -1 when none is. */
    private static int lacks(Bitfield verified, Span span) {
        int missing = verified.nextClear(span.first());
        return missing < 0 || missing > span.last() ? -1 : missing;
    }

    // ---- order

    private void changed() {
        Content content = torrent.content();
        if (content == null) {
            return;
        }
        BitSet before = urgent;
        Set<Integer> left = new HashSet<>(lateNanos.keySet());
        long now = torrent.loop().nanoTime();
        List<DemandHandle> fresh = readers.stream().filter(reader -> reader.isNew(now)).toList();
        List<DemandHandle> others = readers.stream().filter(reader -> !reader.isNew(now)).toList();
        Order order = new Order(content.verified());
        order.add(fresh, Urgency.URGENT);
        urgent = order.members();
        order.add(fresh, Urgency.NEXT);
        order.add(others, Urgency.URGENT);
        if (fresh.isEmpty()) {
            urgent = order.members();
        }
        order.add(others, Urgency.NEXT);
        order.add(readers, Urgency.EDGE);
        schedule(content, order.pieces);
        left.removeAll(lateNanos.keySet());
        relieve(content, before, left);
    }

    /** Missing pieces in the order in which they shall come, none twice. */
    private static final class Order {
        private final Bitfield verified;
        private final BitSet taken = new BitSet();
        private final List<Integer> pieces = new ArrayList<>();

        Order(Bitfield verified) {
            this.verified = verified;
        }

        BitSet members() {
            return (BitSet) taken.clone();
        }

        void add(List<DemandHandle> readers, Urgency urgency) {
            List<List<Integer>> wishes = new ArrayList<>();
            for (DemandHandle reader : readers) {
                wishes.add(wishes(reader, urgency, verified));
            }
            boolean more = true;
            for (int rank = 0; more && pieces.size() < MOST_PIECES; rank++) {
                more = false;
                for (List<Integer> wish : wishes) {
                    if (rank < wish.size()) {
                        more = true;
                        add(wish.get(rank));
                    }
                }
            }
        }

        private void add(int piece) {
            if (!taken.get(piece)) {
                taken.set(piece);
                pieces.add(piece);
            }
        }
    }

    private static List<Integer> wishes(DemandHandle reader, Urgency urgency, Bitfield verified) {
        List<Integer> wishes = new ArrayList<>();
        PieceNeed need = reader.last();
        if (need != null) {
            add(need.first(), urgency, verified, wishes);
            need.ahead().forEach(span -> add(span, urgency, verified, wishes));
        }
        return wishes;
    }

    private static void add(Span span, Urgency urgency, Bitfield verified, List<Integer> wishes) {
        if (span.urgency() == urgency) {
            int piece = verified.nextClear(span.first());
            while (piece >= 0 && piece <= span.last() && wishes.size() < MOST_PIECES) {
                wishes.add(piece);
                piece = verified.nextClear(piece + 1);
            }
        }
    }

    private void schedule(Content content, List<Integer> order) {
        long now = torrent.loop().nanoTime();
        limit = torrent.links().downLimit();
        long rate = Math.min(limit, Math.max(LEAST_RATE, torrent.tally().downRate(now)));
        Map<Integer, Long> late = HashMap.newHashMap(order.size());
        int[] pieces = new int[order.size()];
        long[] dues = new long[order.size()];
        long bytes = 0;
        for (int i = 0; i < pieces.length; i++) {
            int piece = order.get(i);
            bytes += content.map().lengthOf(piece);
            long expected = (long) (1e9 * LATE_FACTOR * bytes / rate);
            long due = now + Math.clamp(expected, LEAST_PATIENCE_NANOS, MOST_PATIENCE_NANOS);
            Long earlier = lateNanos.get(piece);
            if (earlier != null && earlier - due < 0) {
                due = earlier; // a reader that moves must not grant a late piece more time
            }
            pieces[i] = piece;
            dues[i] = due;
            late.put(piece, due);
        }
        lateNanos = late;
        content.picker().deadlines(pieces, dues);
    }

    /**
     * Makes room at the peers that can bring urgent pieces: for those that have just become so, and
     * when blocks of pieces that no longer are may be before them.
     *
     * @param left pieces that no reader needs any more
     */
    private void relieve(Content content, BitSet before, Set<Integer> left) {
        BitSet fresh = unasked(content, urgent);
        boolean more = !fresh.isEmpty();
        fresh.andNot(before);
        BitSet calmed = (BitSet) before.clone();
        calmed.andNot(urgent);
        if ((fresh.isEmpty() && calmed.isEmpty() && left.isEmpty()) || !torrent.downloads()) {
            return;
        }
        for (PeerSession peer : List.copyOf(torrent.swarm().peers())) {
            if (peer.isOpen() && urgent.stream().anyMatch(peer.pieces()::get)) {
                peer.down().makeRoom(more, left);
            }
        }
        torrent.swarm().workFreed();
    }

    /** Those of which a block is asked of nobody. */
    private static BitSet unasked(Content content, BitSet pieces) {
        BitSet unasked = new BitSet();
        pieces.stream().filter(content.picker()::hasFree).forEach(unasked::set);
        return unasked;
    }
}
