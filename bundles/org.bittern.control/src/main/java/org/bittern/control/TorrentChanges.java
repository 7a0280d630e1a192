package org.bittern.control;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.metainfo.Metainfo;

/** Options of one torrent as a command names them, read and checked as a whole. */
record TorrentChanges(
        Settings options,
        Optional<Map<Integer, Priority>> filePriorities,
        Optional<List<Priority>> piecePriorities) {

    /** Bytes per second; keeps the value exact in a double. */
    private static final long MAX_RATE = 1L << 40;

    private static final int MAX_PRIORITY = 7;

    /** The changes that a command asks of a torrent that is there. */
    static TorrentChanges read(
            Params params, TorrentSnapshot torrent, Optional<Metainfo> metainfo) {
        Optional<List<Integer>> pieces = params.wholes("piece_priorities", 0, MAX_PRIORITY);
        int pieceCount = torrent.progress().pieceCount();
        boolean overridden = pieces.isPresent() && !pieces.get().isEmpty();
        if (overridden && pieces.get().size() != pieceCount) {
            throw ControlException.invalid(
                    "'piece_priorities' has %d entries, the torrent has %d pieces"
                            .formatted(pieces.get().size(), pieceCount));
        }
        Optional<Map<Integer, Priority>> files = filePriorities(params);
        if (files.isPresent() && metainfo.isPresent()) {
            int fileCount = metainfo.get().files().size();
            if (files.get().size() > fileCount) {
                throw ControlException.invalid(
                        "'file_priorities' has %d entries, the torrent has %d files"
                                .formatted(files.get().size(), fileCount));
            }
        }
        return new TorrentChanges(
                options(params),
                files,
                pieces.map(list -> list.stream().map(Priority::ofLevel).toList()));
    }

    /** One priority per file, in order of the files. */
    static Optional<Map<Integer, Priority>> filePriorities(Params params) {
        return params.wholes("file_priorities", 0, MAX_PRIORITY)
                .map(levels ->
                        IntStream.range(0, levels.size())
                                .boxed()
                                .collect(
                                        Collectors.toMap(
                                                index -> index,
                                                index -> Priority.ofLevel(levels.get(index)))));
    }

    /** The options among the parameters. */
    static Settings options(Params params) {
        Settings options = Settings.EMPTY;
        var down = params.whole("download_limit", 0, MAX_RATE);
        if (down.isPresent()) {
            options = options.with(TorrentOptions.DOWNLOAD_LIMIT, down.get());
        }
        var up = params.whole("upload_limit", 0, MAX_RATE);
        if (up.isPresent()) {
            options = options.with(TorrentOptions.UPLOAD_LIMIT, up.get());
        }
        var connections = params.whole("max_connections", 0, 100_000);
        if (connections.isPresent()) {
            options = options.with(TorrentOptions.MAX_CONNECTIONS, connections.get().intValue());
        }
        var sequential = params.flag("sequential");
        if (sequential.isPresent()) {
            options = options.with(TorrentOptions.SEQUENTIAL, sequential.get());
        }
        return options;
    }
}
