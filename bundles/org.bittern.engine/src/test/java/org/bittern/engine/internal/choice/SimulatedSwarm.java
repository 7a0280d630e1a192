package org.bittern.engine.internal.choice;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.jspecify.annotations.Nullable;

/**
 * Downloaders with pickers of their own, on a virtual clock. A link answers requests in order, one
 * block at a time, at its rate; messages take a fixed latency each way. Choking plays no part: what
 * is tested is what is asked of whom.
 */
final class SimulatedSwarm {
    static final long SECOND = 1_000_000_000L;

    private static final int MOST_REQUESTS = 100;

    final PieceMap map;
    final Random random;
    final List<Downloader> downloaders = new ArrayList<>();
    long latencyNanos = SECOND / 50;
    long now;
    private long planned;

    private final PriorityQueue<Event> agenda =
            new PriorityQueue<>(
                    Comparator.comparingLong((Event e) -> e.at).thenComparingLong(e -> e.order));

    private record Event(long at, long order, Runnable action) {}

    SimulatedSwarm(int pieces, int blocksPerPiece, long seed) {
        map =
                PieceMap.contiguous(
                        blocksPerPiece * PieceMap.BLOCK,
                        new long[] {(long) pieces * blocksPerPiece * PieceMap.BLOCK},
                        new boolean[1]);
        random = new Random(seed);
    }

    Downloader downloader(String name) {
        Downloader downloader = new Downloader(name);
        downloaders.add(downloader);
        return downloader;
    }

    /** Runs until all are complete or nothing happens any more, at most until the given time. */
    void run(long untilNanos) {
        while (!agenda.isEmpty() && agenda.peek().at <= untilNanos && !allComplete()) {
            Event event = agenda.poll();
            now = event.at;
            event.action.run();
        }
    }

    boolean allComplete() {
        return downloaders.stream().allMatch(downloader -> downloader.picker.isComplete());
    }

    void at(long when, Runnable action) {
        agenda.add(new Event(when, planned++, action));
    }

    /** Somebody who downloads. */
    final class Downloader {
        final String name;
        final PiecePicker picker = new PiecePicker(map, random);
        final List<Link> links = new ArrayList<>();
        final List<Link> readers = new ArrayList<>(); // links of others to us
        long wantedBlocks;
        long wastedBlocks;
        long completedAt = -1;

        Downloader(String name) {
            this.name = name;
        }

        /** Connects to a source of blocks: a seed when {@code source} is null. */
        Link connect(@Nullable Downloader source, long bytesPerSecond) {
            Bitfield has =
                    source == null
                            ? Bitfield.full(map.pieceCount())
                            : new Bitfield(map.pieceCount());
            Link link = new Link(this, has, bytesPerSecond);
            links.add(link);
            if (source != null) {
                source.readers.add(link);
            }
            picker.peerAdded(has);
            at(now, link::refill);
            return link;
        }

        void verified(int piece) {
            picker.pieceVerified(piece);
            if (picker.isComplete() && completedAt < 0) {
                completedAt = now;
            }
            for (Link reader : readers) {
                at(now + latencyNanos, () -> reader.has(piece));
            }
        }
    }

    /** What a downloader sees of one source. */
    final class Link {
        final Downloader owner;
        final FakePeer peer;
        final Deque<Long> queue = new ArrayDeque<>(); // at the other side
        final long bytesPerSecond;
        boolean alive = true;
        boolean sending;
        long sentBlocks;

        Link(Downloader owner, Bitfield has, long bytesPerSecond) {
            this.owner = owner;
            this.bytesPerSecond = bytesPerSecond;
            peer = new FakePeer(owner.name + "-link" + owner.links.size(), has);
            peer.rate = bytesPerSecond;
        }

        void has(int piece) {
            if (peer.pieces.set(piece)) {
                owner.picker.peerHas(piece, peer.pieces);
                refill();
            }
        }

        void refill() {
            long three = RequestQueue.QUEUE_SECONDS * bytesPerSecond / PieceMap.BLOCK;
            int room = Math.clamp(three, 2, MOST_REQUESTS) - peer.asked.size();
            owner.picker.pick(
                    peer,
                    room,
                    now,
                    (piece, block) -> {
                        long id = FakePeer.block(piece, block);
                        peer.asked.add(id);
                        at(now + latencyNanos, () -> serve(id));
                    });
        }

        private void serve(long id) {
            queue.add(id);
            if (!sending) {
                send();
            }
        }

        private void send() {
            Long id = queue.poll();
            sending = id != null && alive;
            if (id != null && alive) {
                at(
                        now + SECOND * PieceMap.BLOCK / bytesPerSecond,
                        () -> {
                            sentBlocks++;
                            at(now + latencyNanos, () -> arrive(id));
                            send();
                        });
            }
        }

        private void arrive(long id) {
            int piece = PickerModel.pieceOf(id);
            peer.asked.remove(id);
            if (owner.picker.received(piece, (int) id, peer) instanceof Arrival.Wanted wanted) {
                owner.wantedBlocks++;
                for (PeerView other : wanted.cancel()) {
                    cancel((FakePeer) other, id);
                }
                if (wanted.completesPiece()) {
                    owner.verified(piece);
                }
            } else {
                owner.wastedBlocks++;
            }
            refill();
        }

        private void cancel(FakePeer other, long id) {
            other.asked.remove(id);
            for (Link link : owner.links) {
                if (link.peer == other) {
                    at(now + latencyNanos, () -> link.queue.remove(id));
                    at(now, link::refill);
                }
            }
        }

        /** The source falls silent; after {@code patience} its requests are given up. */
        void die(long patienceNanos) {
            alive = false;
            at(
                    now + patienceNanos,
                    () -> {
                        peer.snubbed = true;
                        for (long id : List.copyOf(peer.asked)) {
                            owner.picker.timedOut(PickerModel.pieceOf(id), (int) id, peer, now);
                        }
                        peer.asked.clear();
                        owner.links.forEach(link -> at(now, link::wake));
                    });
        }

        private void wake() {
            if (alive) {
                refill();
            }
        }
    }
}
