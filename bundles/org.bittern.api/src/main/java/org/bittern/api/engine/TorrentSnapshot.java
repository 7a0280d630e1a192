package org.bittern.api.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bittern.metainfo.InfoHash;
import org.jspecify.annotations.Nullable;

/**
 * A torrent at one moment. Immutable.
 *
 * @param revision grows with every change of any torrent, see {@link Engine#changesSince}
 * @param name sanitised name; the link's or the info-hash before the metadata is known
 * @param saveDirectory where its files lie, or shall lie when they are complete
 * @param storage where they are now
 * @param queuePosition from 0
 * @param turn how the queue and the limits treat it
 * @param error why it is in {@link TorrentState#ERROR}, or a warning of the storage or trackers
 * @param options keys of {@link TorrentOptions}
 */
public record TorrentSnapshot(
        long revision,
        int number,
        InfoHash infoHash,
        String name,
        TorrentState state,
        Progress progress,
        Transfer transfer,
        Swarm swarm,
        Times times,
        Path saveDirectory,
        Storage storage,
        int queuePosition,
        Turn turn,
        Optional<TorrentError> error,
        Settings options,
        List<String> labels) {

    public TorrentSnapshot {
        labels = List.copyOf(labels);
    }

    /**
     * Seconds of downloading over all runs. No snapshot follows when time passes and nothing else.
     *
     * @param now the moment of the question
     */
    public long secondsDownloading(Instant now) {
        boolean seeds = state == TorrentState.SEEDING || state == TorrentState.FINISHED;
        return times.secondsDownloading() + (seeds ? 0 : times.secondsSince(now));
    }

    /** Seconds of seeding over all runs, as {@link #secondsDownloading}. */
    public long secondsSeeding(Instant now) {
        boolean seeds = state == TorrentState.SEEDING || state == TorrentState.FINISHED;
        return times.secondsSeeding() + (seeds ? times.secondsSince(now) : 0);
    }

    /** Canonical id: lower-case hex of the info-hash. */
    public String id() {
        return infoHash.hex();
    }

    /**
     * How much is there. Bytes count files without padding.
     *
     * @param metadata 0.0 to 1.0, 1.0 once the metadata is known
     * @param checked 0.0 to 1.0 of a running check, else 1.0
     * @param totalBytes size of all files, 0 without metadata
     * @param wantedBytes size of what is wanted
     * @param verifiedBytes bytes of all verified pieces
     * @param wantedVerifiedBytes wanted bytes in verified pieces
     * @param unverifiedBytes bytes of blocks that are there in pieces not yet verified
     * @param pieceCount 0 without metadata
     * @param pieceLength bytes, 0 without metadata
     */
    public record Progress(
            double metadata,
            double checked,
            long totalBytes,
            long wantedBytes,
            long verifiedBytes,
            long wantedVerifiedBytes,
            long unverifiedBytes,
            int pieceCount,
            int piecesVerified,
            long pieceLength) {

        /** 0.0 to 1.0; exactly 1.0 only when all wanted pieces are verified. */
        public double fraction() {
            if (pieceCount == 0) {
                return 0;
            }
            if (wantedVerifiedBytes == wantedBytes) {
                return 1;
            }
            return Math.min((double) wantedVerifiedBytes / wantedBytes, 0.999999);
        }

        /** True when all pieces are verified. */
        public boolean complete() {
            return pieceCount > 0 && piecesVerified == pieceCount;
        }

        /** Wanted bytes that are not verified yet. */
        public long leftBytes() {
            return wantedBytes - wantedVerifiedBytes;
        }
    }

    /**
     * What moved. Payload bytes; rates are bytes per second over the last few seconds.
     *
     * @param downloadedBytes since the engine started
     * @param downloadedEverBytes over all runs
     * @param corruptBytes of pieces that failed their hash, over all runs
     * @param wastedBytes received twice, cancelled or unasked for, since the engine started
     * @param hashFailures pieces that failed their hash since the engine started
     */
    public record Transfer(
            long downloadRate,
            long uploadRate,
            long downloadedBytes,
            long uploadedBytes,
            long downloadedEverBytes,
            long uploadedEverBytes,
            long corruptBytes,
            long wastedBytes,
            int hashFailures) {}

    /**
     * Whom we know.
     *
     * @param connected peers with a finished handshake
     * @param sendingToUs peers that unchoked us and owe us blocks
     * @param gettingFromUs peers that we unchoked and that are interested
     * @param seeds connected peers that have everything
     * @param known addresses that could be dialled
     * @param webSeeds HTTP seeds in use
     * @param limit connected peers that it may have
     * @param origins where connected peers were heard of
     * @param estimate how large the swarm is by the DHT; empty while nobody has told
     */
    public record Swarm(
            int connected,
            int sendingToUs,
            int gettingFromUs,
            int seeds,
            int known,
            int webSeeds,
            int limit,
            Origins origins,
            Optional<Estimate> estimate) {}

    /**
     * How large a swarm is, as nodes of the DHT say together (BEP 33): good to about a tenth, and
     * to some 6000 peers.
     *
     * @param downloaders all but the seeds
     */
    public record Estimate(int seeds, int downloaders) {}

    /** Connected peers by where we heard of them. */
    public record Origins(
            int incoming, int tracker, int dht, int pex, int lsd, int manual, int resume) {
        /** Nobody. */
        public static final Origins NONE = new Origins(0, 0, 0, 0, 0, 0, 0);
    }

    /**
     * How the queue and the limits treat a torrent.
     *
     * @param forced runs whatever the queue says
     * @param stalled runs, but has moved nothing for {@link EngineSettings#QUEUE_STALLED_MINUTES}
     * @param limitReached was stopped because a seeding limit was reached
     * @param idleStop when the idle limit will be reached if nothing moves until then; null when
     *     none holds or it does not seed
     */
    public record Turn(
            boolean forced, boolean stalled, boolean limitReached, @Nullable Instant idleStop) {
        /** Waits like all others. */
        public static final Turn ORDINARY = new Turn(false, false, false, null);
    }

    /**
     * When it happened; null when it has not.
     *
     * @param started last start in this process
     * @param completed when the wanted files became complete by downloading
     * @param active last payload in either direction
     * @param edited last change of options, labels, files or trackers
     * @param secondsDownloading over all runs, until {@code counting}
     * @param secondsSeeding over all runs, until {@code counting}
     * @param counting since when one of them grows with time alone, see {@link
     *     TorrentSnapshot#secondsSeeding}; null: they stand still
     */
    public record Times(
            Instant added,
            @Nullable Instant started,
            @Nullable Instant completed,
            @Nullable Instant active,
            @Nullable Instant edited,
            long secondsDownloading,
            long secondsSeeding,
            @Nullable Instant counting) {

        private long secondsSince(Instant now) {
            return counting == null ? 0 : Math.max(0, Duration.between(counting, now).toSeconds());
        }
    }

    /**
     * Where the files are.
     *
     * @param directory where they are read and written at this moment
     * @param movingTo where they are being moved to; empty when they are not
     * @param moved 0.0 to 1.0 of a running move, else 1.0
     */
    public record Storage(Path directory, Optional<Path> movingTo, double moved) {}
}
