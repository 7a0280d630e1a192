package org.bittern.transmission.internal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.api.engine.WebSeedSnapshot;
import org.bittern.metainfo.Bitfield;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * Walks over torrents and asks each what its fields need; some are asked ahead, so that their loops
 * answer side by side, but never so many that the loops' queues fill up. Torrents that are removed
 * meanwhile are left out; no other one is, as who is missing counts as removed. Owned by the thread
 * of the call.
 */
final class Detailing {
    private static final int AHEAD = 32;

    private final Engine engine;
    private final Iterator<Torrent> rest;
    private final Set<Field.Need> needs;
    private final Row.Moment moment;
    private final Deque<Pending> asked = new ArrayDeque<>();
    private final Deque<Row> answered = new ArrayDeque<>(); // before anything was written

    Detailing(Engine engine, List<Torrent> torrents, Set<Field.Need> needs, Row.Moment moment) {
        this.engine = engine;
        rest = torrents.iterator();
        this.needs = needs;
        this.moment = moment;
    }

    /**
     * Waits for the first ones, so that a refusal can still be told.
     *
     * @throws RpcException a torrent that is there does not answer
     */
    Detailing begun() throws RpcException {
        if (!needs.isEmpty()) {
            askAhead();
            for (Pending first = asked.poll(); first != null; first = asked.poll()) {
                row(first).ifPresent(answered::add);
            }
        }
        return this;
    }

    /**
     * The next row; null at the end.
     *
     * @throws IOException a torrent that is there does not answer: there is no way to go on
     */
    @Nullable Row next() throws IOException {
        if (needs.isEmpty()) {
            return rest.hasNext() ? row(rest.next(), Row.Details.NONE) : null;
        }
        Optional<Row> row = Optional.ofNullable(answered.poll());
        while (row.isEmpty()) {
            askAhead();
            Pending first = asked.poll();
            if (first == null) {
                return null;
            }
            try {
                row = row(first);
            } catch (RpcException e) {
                throw new IOException("the answer cannot be finished: " + e.text(), e);
            }
        }
        return row.get();
    }

    private void askAhead() {
        while (asked.size() < AHEAD && rest.hasNext()) {
            asked.add(new Pending(rest.next(), needs));
        }
    }

    /** Empty when the torrent was removed. */
    private Optional<Row> row(Pending of) throws RpcException {
        try {
            return Optional.of(row(of.torrent, of.details()));
        } catch (RpcException e) {
            if (engine.torrent(of.torrent.number()).isEmpty()) {
                return Optional.empty();
            }
            // A torrent that is there and says that it is not goes with its engine.
            throw e.error() == RpcError.INVALID_PARAMS ? Engines.unavailable() : e;
        }
    }

    private Row row(Torrent torrent, Row.Details details) {
        return new Row(torrent, torrent.snapshot(), details, moment);
    }

    /** Questions to one torrent. */
    private static final class Pending {
        private final Torrent torrent;
        private final CompletionStage<List<PeerSnapshot>> peers;
        private final CompletionStage<List<FileSnapshot>> files;
        private final CompletionStage<List<TrackerSnapshot>> trackers;
        private final CompletionStage<List<WebSeedSnapshot>> webSeeds;
        private final CompletionStage<Bitfield> pieces;
        private final CompletionStage<int[]> availability;
        private final CompletionStage<Long> desired;

        Pending(Torrent torrent, Set<Field.Need> needs) {
            this.torrent = torrent;
            Row.Details none = Row.Details.NONE;
            peers = needs.contains(Field.Need.PEERS) ? torrent.peers() : done(none.peers());
            files = needs.contains(Field.Need.FILES) ? torrent.files() : done(none.files());
            trackers =
                    needs.contains(Field.Need.TRACKERS)
                            ? torrent.trackers()
                            : done(none.trackers());
            webSeeds =
                    needs.contains(Field.Need.WEB_SEEDS)
                            ? torrent.webSeeds()
                            : done(none.webSeeds());
            pieces = needs.contains(Field.Need.PIECES) ? torrent.pieces() : done(none.pieces());
            availability =
                    needs.contains(Field.Need.AVAILABILITY)
                            ? torrent.availability()
                            : done(none.availability());
            desired =
                    needs.contains(Field.Need.DESIRED)
                            ? torrent.desiredAvailableBytes()
                            : done(none.desiredAvailable());
        }

        private static <T> CompletionStage<T> done(T value) {
            return CompletableFuture.completedFuture(value);
        }

        Row.Details details() throws RpcException {
            return new Row.Details(
                    Engines.await(peers),
                    Engines.await(files),
                    Engines.await(trackers),
                    Engines.await(webSeeds),
                    Engines.await(pieces),
                    Engines.await(availability),
                    Engines.await(desired));
        }
    }
}
