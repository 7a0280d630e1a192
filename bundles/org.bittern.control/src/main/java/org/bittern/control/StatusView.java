package org.bittern.control;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bittern.api.engine.EngineStatus;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.Bitfield;
import org.jspecify.annotations.Nullable;

/** Snapshots in the words of the control planes. */
final class StatusView {
    private StatusView() {}

    /** The finer state names; the five words of the HTTP scaffold follow from them. */
    static String state(TorrentState state) {
        return switch (state) {
            case METADATA -> "downloading_metadata";
            case CHECK_QUEUED, CHECKING -> "checking";
            case DOWNLOAD_QUEUED, SEED_QUEUED -> "queued";
            case DOWNLOADING -> "downloading";
            case FINISHED -> "finished";
            case SEEDING -> "seeding";
            case PAUSED -> "paused";
            case STOPPED -> "stopped";
            case ERROR -> "error";
        };
    }

    static Map<String, @Nullable Object> torrent(
            TorrentSnapshot torrent,
            Bitfield pieces,
            List<FileSnapshot> files,
            List<PeerSnapshot> peers) {
        TorrentSnapshot.Progress progress = torrent.progress();
        TorrentSnapshot.Transfer transfer = torrent.transfer();
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("progress", progress.fraction());
        view.put("state", state(torrent.state()));
        view.put("num_peers", torrent.swarm().connected());
        view.put(
                "estimate",
                torrent.swarm()
                        .estimate()
                        .map(size -> Map.of("seeds", size.seeds(), "peers", size.downloaders()))
                        .orElse(null));
        view.put("complete", progress.complete());
        view.put("pieces", bits(pieces));
        view.put("num_pieces", progress.pieceCount());
        view.put("piece_length", progress.pieceLength());
        view.put("name", torrent.name());
        view.put("total_size", progress.totalBytes());
        view.put("files", files.stream().filter(f -> !f.padding()).map(StatusView::file).toList());
        view.put("downloaded", transfer.downloadedBytes());
        view.put("uploaded", transfer.uploadedBytes());
        view.put("download_rate", transfer.downloadRate());
        view.put("upload_rate", transfer.uploadRate());
        view.put("hash_failures", transfer.hashFailures());
        view.put("wasted", transfer.wastedBytes());
        view.put("info_hash", torrent.id());
        view.put("save_path", torrent.saveDirectory().toString());
        TorrentSnapshot.Storage storage = torrent.storage();
        view.put("directory", storage.directory().toString());
        view.put("moving_to", storage.movingTo().map(Path::toString).orElse(null));
        view.put("moved", storage.moved());
        view.put("labels", torrent.labels());
        view.put("error", torrent.error().map(error -> error.message()).orElse(null));
        view.put("peers", peers.stream().map(StatusView::peer).toList());
        return view;
    }

    static Map<String, Object> engine(EngineStatus status, List<TorrentSnapshot> torrents) {
        List<Map<String, Object>> list = new ArrayList<>(torrents.size());
        for (TorrentSnapshot torrent : torrents) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("torrent_id", torrent.id());
            entry.put("name", torrent.name());
            entry.put("state", state(torrent.state()));
            entry.put("progress", torrent.progress().fraction());
            list.add(entry);
        }
        Map<String, Object> totals = new LinkedHashMap<>();
        totals.put("torrents", status.torrents());
        totals.put("peers", status.peers());
        totals.put("downloaded", status.downloadedBytes());
        totals.put("uploaded", status.uploadedBytes());
        totals.put("download_rate", status.downloadRate());
        totals.put("upload_rate", status.uploadRate());
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("version", status.version());
        view.put("listen_port", status.listenPort());
        view.put("torrents", list);
        view.put("totals", totals);
        return view;
    }

    private static Map<String, Object> file(FileSnapshot file) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("index", file.index());
        view.put("path", file.path());
        view.put("location", file.location().toString());
        view.put("size", file.lengthBytes());
        view.put("verified", file.verifiedBytes());
        view.put(
                "progress",
                file.lengthBytes() == 0 ? 1.0 : (double) file.verifiedBytes() / file.lengthBytes());
        view.put("wanted", file.priority() != Priority.SKIP);
        return view;
    }

    private static Map<String, Object> peer(PeerSnapshot peer) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("host", peer.address().getHostString());
        view.put("port", peer.address().getPort());
        view.put("client", peer.client());
        view.put("transport", peer.transport());
        view.put("source", peer.source());
        view.put("incoming", peer.incoming());
        view.put("encrypted", peer.encrypted());
        view.put("progress", peer.progress());
        view.put("am_choking", peer.amChoking());
        view.put("am_interested", peer.amInterested());
        view.put("peer_choking", peer.peerChoking());
        view.put("peer_interested", peer.peerInterested());
        view.put("snubbed", peer.snubbed());
        view.put("download_rate", peer.downloadRate());
        view.put("upload_rate", peer.uploadRate());
        view.put("downloaded", peer.downloadedBytes());
        view.put("uploaded", peer.uploadedBytes());
        return view;
    }

    private static String bits(Bitfield pieces) {
        int count = pieces.pieceCount();
        StringBuilder bits = new StringBuilder(count);
        for (int piece = 0; piece < count; piece++) {
            bits.append(pieces.get(piece) ? '1' : '0');
        }
        return bits.toString();
    }
}
