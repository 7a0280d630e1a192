package org.bittern.stream.local.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.host.EngineHost;
import org.bittern.api.stream.BufferStatus;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.RangeRequest;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.PieceMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers for the torrents of this process: what is verified may be read; what is not is asked of
 * the engine by a {@link Reader}. Thread-safe.
 */
final class TorrentBrain implements RangeBrain {
    /** A grant is no longer than this: after it a piece may have turned out to be bad. */
    static final long MOST_GRANTED = 8L << 20;

    private static final int NOT_FOUND = 404;
    private static final int OUTSIDE = 416;
    private static final int UNAVAILABLE = 503;

    private final EngineHost host;
    private final Readers readers;

    TorrentBrain(EngineHost host, Readers readers) {
        this.host = host;
        this.readers = readers;
    }

    @Override
    public void request(RangeRequest request, RangeListener answers) {
        Optional<FileId> id = FileId.parse(request.fileId());
        Optional<Torrent> found =
                id.flatMap(file -> host.engine().flatMap(e -> e.torrent(file.torrent())));
        if (id.isEmpty() || found.isEmpty()) {
            String reason = host.engine().isEmpty() ? "no engine is running" : "no such torrent";
            answers.answer(reject(host.engine().isEmpty() ? UNAVAILABLE : NOT_FOUND, reason));
            return;
        }
        Torrent torrent = found.get();
        Metainfo metainfo = torrent.metainfo().orElse(null);
        if (metainfo == null) {
            answers.answer(reject(UNAVAILABLE, "the metadata is not known yet"));
            return;
        }
        PieceMap map = metainfo.pieces();
        FileId file = id.get();
        if (file.index() >= map.fileCount() || map.isPad(file.index())) {
            answers.answer(reject(NOT_FOUND, "the torrent has no such file"));
        } else if (request.end() >= map.fileLength(file.index())) {
            answers.answer(reject(OUTSIDE, "the file is not that long"));
        } else {
            Case asked = new Case(request, answers, file, torrent, map);
            readers.begin(request.requestId());
            if (torrent.snapshot().progress().complete()) {
                available(asked, map.pieceCount() - 1);
            } else {
                var _ = torrent.pieces().whenComplete((pieces, gone) -> judge(asked, pieces));
            }
        }
    }

    /** A request whose torrent and file are known. */
    record Case(
            RangeRequest request,
            RangeListener answers,
            FileId file,
            Torrent torrent,
            PieceMap map) {

        int firstPiece() {
            return map.pieceAt(file.index(), request.start());
        }

        int lastPiece() {
            return map.pieceAt(file.index(), request.end());
        }

        long readable(int lastPiece) {
            return ReadAhead.readable(map, file.index(), lastPiece, request.start(), MOST_GRANTED);
        }
    }

    private void judge(Case asked, @Nullable Bitfield pieces) {
        if (pieces == null) {
            refuse(asked, NOT_FOUND, "the torrent was removed");
            return;
        }
        int end = pieces.nextClear(asked.firstPiece());
        int last = end < 0 ? pieces.pieceCount() - 1 : end - 1;
        Optional<String> hindrance = hindrance(asked.torrent().snapshot());
        if (last >= asked.lastPiece()) {
            available(asked, last);
        } else if (hindrance.isPresent()) {
            refuse(asked, UNAVAILABLE, hindrance.get());
        } else {
            readers.block(asked);
        }
    }

    private void refuse(Case asked, int status, String reason) {
        if (readers.decided(asked.request().requestId())) {
            asked.answers().answer(reject(status, reason));
        }
    }

    private void available(Case asked, int lastPiece) {
        long end = asked.readable(lastPiece);
        if (readers.granted(asked, end)) {
            asked.answers().answer(new RangeAnswer.Available(OptionalLong.of(end)));
        }
    }

    static RangeAnswer.Reject reject(int status, String reason) {
        return new RangeAnswer.Reject(OptionalInt.of(status), reason);
    }

    /** Why nothing will come; having no peers is no reason. */
    static Optional<String> hindrance(TorrentSnapshot torrent) {
        return switch (torrent.state()) {
            case STOPPED -> Optional.of("the torrent is stopped");
            case ERROR ->
                    Optional.of(
                            torrent.error()
                                    .map(TorrentError::message)
                                    .orElse("the torrent has an error"));
            default -> Optional.empty();
        };
    }

    @Override
    public void cancel(UUID requestId) {
        readers.cancel(requestId);
    }

    @Override
    public CompletionStage<Optional<BufferStatus>> status(String fileId) {
        Optional<FileId> id = FileId.parse(fileId);
        Optional<Torrent> torrent =
                id.flatMap(file -> host.engine().flatMap(e -> e.torrent(file.torrent())));
        Optional<Metainfo> metainfo = torrent.flatMap(Torrent::metainfo);
        if (id.isEmpty()
                || metainfo.isEmpty()
                || id.get().index() >= metainfo.get().pieces().fileCount()) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        PieceMap map = metainfo.get().pieces();
        TorrentSnapshot now = torrent.orElseThrow().snapshot();
        return torrent.get()
                .pieces()
                .thenApply(pieces ->
                        Optional.of(
                                new BufferStatus(
                                        map.fileLength(id.get().index()),
                                        runs(map, id.get().index(), pieces),
                                        readers.waitingFor(id.get()),
                                        readers.count(id.get()),
                                        now.transfer().downloadRate(),
                                        now.state().name().toLowerCase(Locale.ROOT))));
    }

    /** What is there of a file. */
    static List<BufferStatus.Bytes> runs(PieceMap map, int file, Bitfield pieces) {
        List<BufferStatus.Bytes> runs = new ArrayList<>();
        long length = map.fileLength(file);
        int piece = pieces.nextSet(map.firstPiece(file));
        while (piece >= 0 && piece <= map.lastPiece(file)) {
            int clear = pieces.nextClear(piece);
            int end = clear < 0 ? pieces.pieceCount() : clear;
            long from = (long) piece * map.pieceLength() - map.fileOffset(file);
            long until = (long) end * map.pieceLength() - map.fileOffset(file);
            runs.add(new BufferStatus.Bytes(Math.max(0, from), Math.min(length, until) - 1));
            piece = clear < 0 ? -1 : pieces.nextSet(clear);
        }
        return runs;
    }
}
