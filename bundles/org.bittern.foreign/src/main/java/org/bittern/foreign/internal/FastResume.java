package org.bittern.foreign.internal;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.History;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentOptions.LimitMode;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BWriter;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;

/**
 * Reads what programs on libtorrent (1.x and 2.x) stored: {@code NAME.fastresume}, a bencoded
 * dictionary, and {@code NAME.torrent} beside it; the metadata may also stand in the dictionary.
 * Keys that begin with {@code qBt-} are qBittorrent's.
 */
public final class FastResume {
    private static final int MAX_TORRENT_BYTES = 10_000_000;
    private static final long MAX_RATE = 1L << 40;
    private static final double PER_MILLE = 1000;

    private final Fields fields;

    private FastResume(Fields fields) {
        this.fields = fields;
    }

    /** Reads one torrent. */
    public static Stored read(Path file) throws IOException, ForeignException {
        String name = file.getFileName().toString();
        Path beside = file.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".torrent");
        FastResume stored = new FastResume(Fields.of(file));
        try {
            Optional<Metainfo> metainfo = stored.metainfo(beside);
            AddTorrent request =
                    metainfo.isPresent()
                            ? stored.request(metainfo.get())
                            : AddTorrent.link(stored.magnet());
            return new Stored(stored.common(request), stored.position());
        } catch (MetainfoException e) {
            throw new ForeignException(String.valueOf(e.getMessage()), e);
        }
    }

    private long position() {
        long queued = fields.dict().integer("qBt-queuePosition").orElse(-1);
        return queued < 0 ? Long.MAX_VALUE : queued;
    }

    private Optional<Metainfo> metainfo(Path beside)
            throws IOException, ForeignException, MetainfoException {
        Optional<Metainfo> found = Optional.empty();
        if (Files.exists(beside)) {
            found = Optional.of(Metainfo.parse(Fields.bytes(beside, MAX_TORRENT_BYTES)));
        } else if (fields.dict().has("info")) {
            BDict.Builder torrent = BDict.builder();
            torrent.put("info", fields.dict().get("info").orElse(BDict.EMPTY));
            fields.dict().get("piece layers").ifPresent(it -> torrent.put("piece layers", it));
            found = Optional.of(Metainfo.parse(BWriter.write(torrent.build())));
        }
        List<List<String>> tiers = tiers();
        return tiers.isEmpty() ? found : found.map(metainfo -> metainfo.withTrackers(tiers));
    }

    private List<List<String>> tiers() {
        List<List<String>> tiers = new ArrayList<>();
        for (BValue tier : fields.list("trackers")) {
            if (tier instanceof BList urls) {
                tiers.add(
                        urls.values().stream()
                                .filter(BString.class::isInstance)
                                .map(url -> ((BString) url).utf8())
                                .toList());
            }
        }
        tiers.removeIf(List::isEmpty);
        return tiers;
    }

    private Magnet magnet() throws ForeignException, MetainfoException {
        Optional<String> link = fields.text("qBt-magnetUri");
        if (link.isPresent()) {
            return Magnet.parse(link.get());
        }
        Optional<byte[]> v1 = hash("info-hash", InfoHash.V1_BYTES);
        Optional<byte[]> v2 = hash("info-hash2", InfoHash.V2_BYTES);
        if (v1.isEmpty() && v2.isEmpty()) {
            throw new ForeignException("no metadata and no info-hash");
        }
        InfoHash infoHash =
                v1.isEmpty()
                        ? InfoHash.ofV2(v2.get())
                        : v2.isEmpty()
                                ? InfoHash.ofV1(v1.get())
                                : InfoHash.hybrid(v1.get(), v2.get());
        StringBuilder text = new StringBuilder(Magnet.of(infoHash).format());
        for (List<String> tier : tiers()) {
            for (String url : tier) {
                text.append("&tr=").append(URLEncoder.encode(url, StandardCharsets.UTF_8));
            }
        }
        return Magnet.parse(text.toString());
    }

    private Optional<byte[]> hash(String key, int length) {
        return fields.dict()
                .string(key)
                .map(BString::bytes)
                .filter(bytes -> bytes.length == length && !isZero(bytes));
    }

    private static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private AddTorrent request(Metainfo metainfo) {
        List<Priority> priorities =
                fields.numbers("file_priority").stream()
                        .map(level -> Priority.ofLevel(Math.clamp(level, 0, 7)))
                        .toList();
        Optional<Path> lies = fields.directory("save_path");
        Optional<Path> destination = fields.directory("qBt-savePath");
        History history =
                new History(
                        claimed(metainfo),
                        destination.isPresent() && !lies.equals(destination)
                                ? lies
                                : Optional.empty(),
                        Layout.renamed(metainfo, fields.texts("mapped_files")),
                        fields.text("qBt-name"),
                        new History.Counts(
                                fields.count("total_downloaded"),
                                fields.count("total_uploaded"),
                                0,
                                Math.max(
                                        0,
                                        fields.count("active_time") - fields.count("seeding_time")),
                                fields.count("seeding_time")),
                        fields.time("added_time").orElse(Instant.EPOCH),
                        fields.time("completed_time"));
        return AddTorrent.file(metainfo, metainfo.toTorrent())
                .priorities(Layout.priorities(metainfo, priorities))
                .with(history);
    }

    /** One byte per piece; its lowest bit says that the piece is there. */
    private Bitfield claimed(Metainfo metainfo) {
        byte[] pieces = fields.dict().string("pieces").orElse(BString.EMPTY).bytes();
        int count = metainfo.pieces().pieceCount();
        if (pieces.length != count) {
            return new Bitfield(0);
        }
        Bitfield claimed = new Bitfield(count);
        for (int piece = 0; piece < count; piece++) {
            if ((pieces[piece] & 1) != 0) {
                claimed.set(piece);
            }
        }
        return claimed;
    }

    private AddTorrent common(AddTorrent request) {
        List<String> labels = new ArrayList<>(fields.texts("qBt-tags"));
        fields.text("qBt-category").ifPresent(category -> labels.addFirst(category));
        // A torrent that is managed by the queue is paused when it waits there.
        boolean stopped =
                fields.dict().has("qBt-stopped")
                        ? fields.flag("qBt-stopped")
                        : fields.flag("paused") && !fields.flag("auto_managed");
        AddTorrent common =
                request.starting(Layout.start(!stopped))
                        .labelled(Layout.labels(labels))
                        .with(options());
        Optional<Path> directory =
                fields.directory("qBt-savePath").or(() -> fields.directory("save_path"));
        return directory.isPresent() ? common.into(directory.get()) : common;
    }

    private Settings options() {
        Settings options = Settings.EMPTY;
        long down = rate("download_rate_limit");
        if (down > 0) {
            options = options.with(TorrentOptions.DOWNLOAD_LIMIT, down);
        }
        long up = rate("upload_rate_limit");
        if (up > 0) {
            options = options.with(TorrentOptions.UPLOAD_LIMIT, up);
        }
        if (fields.flag("sequential_download")) {
            options = options.with(TorrentOptions.SEQUENTIAL, true);
        }
        if (fields.flag("super_seeding")) {
            options = options.with(TorrentOptions.SUPER_SEEDING, true);
        }
        return seedLimits(options);
    }

    /** Unlimited is 0, or a number that only looks like a limit. */
    private long rate(String key) {
        long rate = fields.dict().integer(key).orElse(0);
        return rate > 0 && rate < Integer.MAX_VALUE && rate < MAX_RATE ? rate : 0;
    }

    private Settings seedLimits(Settings options) {
        Settings limited = options;
        long ratio = fields.dict().integer("qBt-ratioLimit").orElse(-2000);
        if (ratio >= 0) {
            limited = Layout.seedRatio(limited, ratio / PER_MILLE);
        } else if (ratio == -1000) {
            limited = limited.with(TorrentOptions.SEED_RATIO_MODE, LimitMode.UNLIMITED);
        }
        long minutes = fields.dict().integer("qBt-seedingTimeLimit").orElse(-2);
        if (minutes >= 0 && minutes <= 100_000_000) {
            limited =
                    limited.with(TorrentOptions.SEED_TIME_MODE, LimitMode.OWN)
                            .parsed(TorrentOptions.SEED_TIME_LIMIT, minutes);
        } else if (minutes == -1) {
            limited = limited.with(TorrentOptions.SEED_TIME_MODE, LimitMode.UNLIMITED);
        }
        return limited;
    }
}
