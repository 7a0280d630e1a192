package org.bittern.foreign.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.History;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;

/**
 * Reads what Transmission (2.x to 4.x) stored: {@code torrents/NAME.torrent} (or {@code .magnet})
 * and {@code resume/NAME.resume}, a bencoded dictionary.
 */
public final class TransmissionResume {
    private static final int MAX_TORRENT_BYTES = 10_000_000;
    private static final int BLOCK_BYTES = 16 << 10;

    private final Fields fields;

    private TransmissionResume(Fields fields) {
        this.fields = fields;
    }

    /**
     * Reads one torrent.
     *
     * @param resume directory of the resume files; a torrent without one is read with all defaults
     */
    public static Stored read(Path torrent, Path resume) throws IOException, ForeignException {
        String name = torrent.getFileName().toString();
        Path beside = resume.resolve(name.substring(0, name.lastIndexOf('.')) + ".resume");
        Fields fields = Files.exists(beside) ? Fields.of(beside) : new Fields(BDict.EMPTY);
        byte[] bytes = Fields.bytes(torrent, MAX_TORRENT_BYTES);
        TransmissionResume stored = new TransmissionResume(fields);
        long position = fields.dict().integer("queue-position").orElse(Long.MAX_VALUE);
        try {
            if (name.endsWith(".magnet")) {
                String link = new String(bytes, StandardCharsets.UTF_8).strip();
                AddTorrent request = AddTorrent.link(Magnet.parse(link));
                return new Stored(stored.common(request), position);
            }
            return new Stored(stored.request(Metainfo.parse(bytes), bytes), position);
        } catch (MetainfoException e) {
            throw new ForeignException(String.valueOf(e.getMessage()), e);
        }
    }

    private AddTorrent request(Metainfo metainfo, byte[] bytes) {
        List<Long> skipped = fields.numbers("dnd");
        List<Long> levels = fields.numbers("priority");
        List<Priority> priorities = new ArrayList<>();
        for (int file = 0; file < metainfo.files().size(); file++) {
            boolean skip = file < skipped.size() && skipped.get(file) != 0;
            long level = file < levels.size() ? levels.get(file) : 0;
            priorities.add(
                    skip
                            ? Priority.SKIP
                            : level < 0
                                    ? Priority.LOW
                                    : level > 0 ? Priority.HIGH : Priority.NORMAL);
        }
        Map<Integer, List<String>> renamed = Layout.renamed(metainfo, fields.texts("files"));
        Optional<String> name = fields.text("name").filter(given -> !given.equals(metainfo.name()));
        History history =
                new History(
                        claimed(metainfo),
                        isComplete() ? Optional.empty() : fields.directory("incomplete-dir"),
                        renamed,
                        name,
                        new History.Counts(
                                fields.count("downloaded"),
                                fields.count("uploaded"),
                                fields.count("corrupt"),
                                fields.count("downloading-time-seconds"),
                                fields.count("seeding-time-seconds")),
                        fields.time("added-date").orElse(Instant.EPOCH),
                        fields.time("done-date"));
        return common(AddTorrent.file(metainfo, bytes))
                .priorities(Layout.priorities(metainfo, priorities))
                .with(history);
    }

    private boolean isComplete() {
        return fields.part("progress").text("blocks").equals(Optional.of("all"));
    }

    private AddTorrent common(AddTorrent request) {
        AddTorrent common =
                request.starting(Layout.start(!fields.flag("paused")))
                        .labelled(Layout.labels(fields.texts("labels")))
                        .with(options());
        Optional<Path> destination = fields.directory("destination");
        return destination.isPresent() ? common.into(destination.get()) : common;
    }

    /** Pieces all of whose blocks it had. */
    private Bitfield claimed(Metainfo metainfo) {
        int count = metainfo.pieces().pieceCount();
        Optional<BString> blocks = fields.part("progress").dict().string("blocks");
        if (blocks.isEmpty() || metainfo.pieces().pieceLength() % BLOCK_BYTES != 0) {
            return new Bitfield(0);
        }
        if (blocks.get().is("all")) {
            return Bitfield.full(count);
        }
        Bitfield claimed = new Bitfield(count);
        if (blocks.get().is("none")) {
            return claimed;
        }
        byte[] bits = blocks.get().bytes();
        int perPiece = metainfo.pieces().pieceLength() / BLOCK_BYTES;
        for (int piece = 0; piece < count; piece++) {
            int first = piece * perPiece;
            int end = first + (metainfo.pieces().lengthOf(piece) + BLOCK_BYTES - 1) / BLOCK_BYTES;
            if (end > (long) bits.length * Byte.SIZE) {
                return new Bitfield(0); // another size of blocks: nothing is known
            }
            if (allSet(bits, first, end)) {
                claimed.set(piece);
            }
        }
        return claimed;
    }

    private static boolean allSet(byte[] bits, int first, int end) {
        for (int bit = first; bit < end; bit++) {
            if ((bits[bit / Byte.SIZE] & 0x80 >> bit % Byte.SIZE) == 0) {
                return false;
            }
        }
        return true;
    }

    // ---- options

    private Settings options() {
        Settings options = Settings.EMPTY;
        options =
                speed(
                        options,
                        "speed-limit-down",
                        TorrentOptions.DOWNLOAD_LIMIT,
                        TorrentOptions.DOWNLOAD_LIMITED);
        options =
                speed(
                        options,
                        "speed-limit-up",
                        TorrentOptions.UPLOAD_LIMIT,
                        TorrentOptions.UPLOAD_LIMITED);
        if (fields.part("speed-limit-down").dict().has("use-global-speed-limit")) {
            options =
                    options.with(
                            TorrentOptions.HONORS_SESSION_LIMITS,
                            fields.part("speed-limit-down").flag("use-global-speed-limit"));
        }
        long priority = fields.dict().integer("bandwidth-priority").orElse(0);
        if (priority == -1 || priority == 1) {
            options = options.with(TorrentOptions.BANDWIDTH_PRIORITY, (int) priority);
        }
        if (fields.flag("sequentialDownload")) {
            options = options.with(TorrentOptions.SEQUENTIAL, true);
        }
        double ratio = ratio();
        return idle(ratio >= 0 ? Layout.seedRatio(options, ratio) : options);
    }

    private static Settings speed(
            Settings options, Fields part, Setting<Long> rate, Setting<Boolean> limited) {
        long bytesPerSecond =
                part.dict().has("speed-Bps") ? part.count("speed-Bps") : part.count("speed") * 1024;
        if (bytesPerSecond == 0) {
            return options;
        }
        return options.with(rate, bytesPerSecond).with(limited, part.flag("use-speed-limit"));
    }

    private Settings speed(
            Settings options, String key, Setting<Long> rate, Setting<Boolean> limited) {
        return speed(options, fields.part(key), rate, limited);
    }

    /** The ratio as Transmission prints it, a text; below 0: none. */
    private double ratio() {
        Fields part = fields.part("ratio-limit");
        try {
            return part.count("ratio-mode") == 1
                    ? Double.parseDouble(part.text("ratio-limit").orElse("-1"))
                    : part.count("ratio-mode") == 2 ? Double.POSITIVE_INFINITY : -1;
        } catch (NumberFormatException _) {
            return -1;
        }
    }

    private Settings idle(Settings options) {
        Fields part = fields.part("idle-limit");
        long minutes = part.count("idle-limit");
        if (part.count("idle-mode") == 2) {
            return options.with(TorrentOptions.SEED_IDLE_MODE, TorrentOptions.LimitMode.UNLIMITED);
        }
        return part.count("idle-mode") == 1 && minutes > 0 && minutes <= 1_000_000
                ? options.with(TorrentOptions.SEED_IDLE_MODE, TorrentOptions.LimitMode.OWN)
                        .parsed(TorrentOptions.SEED_IDLE_LIMIT, minutes)
                : options;
    }
}
