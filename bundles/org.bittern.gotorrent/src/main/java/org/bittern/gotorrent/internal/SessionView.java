package org.bittern.gotorrent.internal;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentView;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.metainfo.InfoHash;
import org.jspecify.annotations.Nullable;

/**
 * A torrent as this interface shows it. The names of the keys are the seed's, mistakes and all;
 * amounts are KiB, rates KiB per second.
 *
 * @param seen its bitfield, counters and peers are of one moment
 * @param extended also gives the keys that the seed misspells under their right names
 */
record SessionView(TorrentView seen, boolean extended) {
    private static final double KIB = 1024;
    private static final int HASH_BYTES = 20;

    TorrentSnapshot torrent() {
        return seen.torrent();
    }

    Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        TorrentSnapshot.Transfer moved = torrent().transfer();
        fields.put("name", torrent().name());
        fields.put("infohash_base64", base64(wireHash()));
        fields.put("bitfield_base64", base64(seen.pieces().toWire()));
        fields.put("bitfield_length", seen.pieces().pieceCount());
        fields.put("timestarted", time(torrent().times().started()));
        fields.put("wasted", (failedBytes() + moved.wastedBytes()) / KIB);
        fields.put("downloaded", moved.downloadedBytes() / KIB);
        fields.put("uploaded", moved.uploadedBytes() / KIB);
        fields.put("error", error());
        fields.put("trackers", seen.trackers().stream().map(SessionView::tracker).toList());
        List<Map<String, @Nullable Object>> shown = peerFields();
        fields.put("Peers", shown);
        extras(fields);
        if (extended) {
            fields.put("peers", shown);
        }
        return fields;
    }

    /** What stopped it or is wrong with its files; what trackers say is told with them. */
    private @Nullable String error() {
        TorrentError error = torrent().error().orElse(null);
        if (error == null) {
            return null;
        }
        return switch (error.kind()) {
            case TRACKER_WARNING, TRACKER_ERROR -> null;
            case DISK_FULL, STORE_MISSING, DISK_ERROR, METADATA, INTERNAL -> error.message();
        };
    }

    /** Of pieces that failed their hash in this run; only the last piece may be shorter. */
    private long failedBytes() {
        TorrentSnapshot.Transfer moved = torrent().transfer();
        return Math.min(
                moved.corruptBytes(), moved.hashFailures() * torrent().progress().pieceLength());
    }

    private byte[] wireHash() {
        return wireHash(torrent().infoHash());
    }

    /** What stands for a torrent here: of one that is v2 only, the first 20 bytes. */
    static byte[] wireHash(InfoHash infoHash) {
        return Arrays.copyOf(infoHash.wireHash(), HASH_BYTES);
    }

    private void extras(Map<String, @Nullable Object> fields) {
        fields.put("infohash", Hex.of(wireHash()));
        torrent().infoHash().v2().ifPresent(hash -> fields.put("infohash_v2", Hex.of(hash)));
        fields.put("state", torrent().state().name().toLowerCase(Locale.ROOT));
        fields.put("progress", torrent().progress().fraction());
        fields.put("size", torrent().progress().totalBytes());
        fields.put("downrate", torrent().transfer().downloadRate() / KIB);
        fields.put("uprate", torrent().transfer().uploadRate() / KIB);
        fields.put("maxdown", torrent().options().get(TorrentOptions.DOWNLOAD_LIMIT) / KIB);
        fields.put("maxup", torrent().options().get(TorrentOptions.UPLOAD_LIMIT) / KIB);
        fields.put("savepath", torrent().saveDirectory().toString());
    }

    // ---- trackers

    private static Map<String, @Nullable Object> tracker(TrackerSnapshot tracker) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("url", tracker.url());
        fields.put("status", status(tracker));
        fields.put("leechers", Math.max(0, tracker.leechers()));
        fields.put("seeders", Math.max(0, tracker.seeders()));
        fields.put("peers", tracker.lastPeers());
        fields.put("lastannounce", time(tracker.lastAnnounce()));
        return fields;
    }

    private static String status(TrackerSnapshot tracker) {
        if (tracker.lastAnnounce() == null && tracker.status() != TrackerSnapshot.Status.ERROR) {
            return "not contacted";
        }
        if (tracker.lastAnnounceSucceeded()) {
            return "working";
        }
        return "error: " + (tracker.message().isEmpty() ? "no answer" : tracker.message());
    }

    // ---- peers

    private List<Map<String, @Nullable Object>> peerFields() {
        List<Map<String, @Nullable Object>> shown = new ArrayList<>(seen.peers().size());
        byte[] ours = seen.pieces().toWire();
        int missing = seen.pieces().pieceCount() - seen.pieces().cardinality();
        for (PeerSnapshot peer : seen.peers()) {
            shown.add(peer(peer, relevance(ours, peer.pieces(), missing)));
        }
        return shown;
    }

    private Map<String, @Nullable Object> peer(PeerSnapshot peer, double relevance) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("ID", printable(peer.peerId()));
        fields.put("host", host(peer.address()));
        fields.put("bitfield_base64", base64(peer.pieces()));
        fields.put("bitfield_length", seen.pieces().pieceCount());
        fields.put("downrate", peer.downloadRate() / KIB);
        fields.put("uprate", peer.uploadRate() / KIB);
        fields.put("downloaded", peer.downloadedBytes() / KIB);
        fields.put("uploaded", peer.uploadedBytes() / KIB);
        fields.put("connected", true); // or the engine would not name it
        fields.put("relevence", relevance);
        fields.put("client", peer.client());
        if (extended) {
            fields.put("relevance", relevance);
        }
        return fields;
    }

    /** The part of what we lack that a peer has. */
    static double relevance(byte[] ours, byte[] theirs, int missing) {
        int useful = 0;
        for (int i = 0; i < Math.min(ours.length, theirs.length); i++) {
            useful += Integer.bitCount(theirs[i] & ~ours[i] & 0xff);
        }
        return missing == 0 ? 0 : Math.min(1, (double) useful / missing);
    }

    /** Printable ASCII as it is, other bytes as %hh. */
    static String printable(byte[] id) {
        StringBuilder text = new StringBuilder();
        for (byte b : id) {
            if (b > ' ' && b < 127) {
                text.append((char) b);
            } else {
                text.append('%').append(Hex.of(new byte[] {b}));
            }
        }
        return text.toString();
    }

    static String host(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static @Nullable String time(@Nullable Instant moment) {
        return moment == null ? null : moment.toString();
    }

    private static String base64(byte[] bytes) {
        return new String(Base64.getEncoder().encode(bytes), StandardCharsets.US_ASCII);
    }
}
