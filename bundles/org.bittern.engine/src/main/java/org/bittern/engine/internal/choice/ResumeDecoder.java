package org.bittern.engine.internal.choice;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.MetainfoException;
import org.bittern.spi.disk.TorrentStore.FileStat;

/**
 * Resume data from bencode values; the form is drawn at {@link ResumeEncoder}. No state, any
 * thread.
 */
final class ResumeDecoder {
    private static final int PORT_BYTES = 2;
    private static final int MAX_QUEUE = 1_000_000;

    private ResumeDecoder() {}

    static ResumeData decode(BDict dict) throws ResumeException {
        ResumeFields root = new ResumeFields("", dict);
        if (!root.text("format").equals(Optional.of(ResumeCodec.FORMAT))) {
            throw root.wrong("format", "expected " + ResumeCodec.FORMAT);
        }
        if (root.number("version", 1, ResumeCodec.VERSION).isEmpty()) {
            throw root.wrong("version", "missing");
        }
        return new ResumeData(
                infoHash(root),
                files(root.part("files")),
                pieces(root.part("pieces")),
                course(root.part("course")),
                totals(root.part("totals")),
                swarm(root.part("swarm")));
    }

    private static InfoHash infoHash(ResumeFields root) throws ResumeException {
        Optional<byte[]> v1 = root.bytes("info-hash").map(BString::bytes);
        Optional<byte[]> v2 = root.bytes("info-hash2").map(BString::bytes);
        try {
            if (v1.isPresent()) {
                return v2.isPresent()
                        ? InfoHash.hybrid(v1.get(), v2.get())
                        : InfoHash.ofV1(v1.get());
            }
            if (v2.isPresent()) {
                return InfoHash.ofV2(v2.get());
            }
        } catch (IllegalArgumentException e) {
            throw new ResumeException("resume data: " + e.getMessage(), e);
        }
        throw root.wrong("info-hash", "missing");
    }

    private static ResumeData.Files files(ResumeFields part) throws ResumeException {
        String directory = part.text("directory").orElse("");
        Map<Integer, List<String>> renamed = new HashMap<>();
        for (BValue entry : part.list("renamed").orElse(BList.EMPTY)) {
            if (!(entry instanceof BList pair) || pair.size() != 2) {
                throw part.wrong("renamed", entry + ", expected an index and a path");
            }
            int index = (int) part.number("renamed", pair.get(0), 0, Integer.MAX_VALUE);
            renamed.put(index, part.texts("renamed", pair.get(1)));
        }
        Path lies = path(part, directory);
        return new ResumeData.Files(
                lies,
                renamed,
                stats(part),
                part.number("unchecked", 0, 1).orElse(0) == 1,
                priorities(part),
                plans(part, lies));
    }

    private static ResumeData.Plans plans(ResumeFields part, Path lies) throws ResumeException {
        Optional<String> destination = part.text("destination");
        Optional<String> movingTo = part.text("moving-to");
        Optional<ResumeData.Rename> renaming = Optional.empty();
        BList pair = part.list("renaming").orElse(BList.EMPTY);
        if (pair.size() == 2 && pair.get(1) instanceof BString name) {
            List<String> path = part.texts("renaming", pair.get(0));
            if (!path.isEmpty()) {
                renaming = Optional.of(new ResumeData.Rename(path, name.utf8()));
            }
        }
        return new ResumeData.Plans(
                destination.isPresent() ? path(part, destination.get()) : lies,
                movingTo.isPresent() ? Optional.of(path(part, movingTo.get())) : Optional.empty(),
                renaming,
                part.text("name"));
    }

    private static Path path(ResumeFields part, String directory) throws ResumeException {
        try {
            Path path = Path.of(directory);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new ResumeException("resume data: " + e.getMessage(), e);
        }
        throw part.wrong("directory", "\"" + directory + "\", expected an absolute path");
    }

    private static List<FileStat> stats(ResumeFields part) throws ResumeException {
        BList flat = part.list("stats").orElse(BList.EMPTY);
        if (flat.size() % 2 != 0) {
            throw part.wrong("stats", flat.size() + " numbers, expected pairs");
        }
        List<FileStat> stats = new ArrayList<>(flat.size() / 2);
        for (int i = 0; i < flat.size(); i += 2) {
            long length = part.number("stats", flat.get(i), ResumeEncoder.NO_FILE, Long.MAX_VALUE);
            long modified = part.number("stats", flat.get(i + 1), Long.MIN_VALUE, Long.MAX_VALUE);
            boolean exists = length != ResumeEncoder.NO_FILE;
            stats.add(new FileStat(exists, exists ? length : 0, modified));
        }
        return stats;
    }

    private static List<Priority> priorities(ResumeFields part) throws ResumeException {
        BString digits = part.bytes("priorities").orElse(BString.EMPTY);
        List<Priority> priorities = new ArrayList<>(digits.length());
        for (int i = 0; i < digits.length(); i++) {
            priorities.add(
                    switch (digits.byteAt(i)) {
                        case '0' -> Priority.SKIP;
                        case '1' -> Priority.LOW;
                        case '2' -> Priority.NORMAL;
                        case '3' -> Priority.HIGH;
                        default ->
                                throw part.wrong("priorities", "digits from 0 to 3 are expected");
                    });
        }
        return priorities;
    }

    private static ResumeData.Pieces pieces(ResumeFields part) throws ResumeException {
        int count = (int) part.number("count", 0, Integer.MAX_VALUE).orElse(0);
        byte[] wire = part.bytes("have").orElse(BString.EMPTY).bytes();
        Bitfield have;
        try {
            have = Bitfield.fromWire(wire, count); // compares lengths before it reserves memory
        } catch (MetainfoException e) {
            throw new ResumeException("resume data: pieces/have: " + e.getMessage(), e);
        }
        Map<Integer, BitSet> partials = new HashMap<>();
        for (BValue entry : part.list("partials").orElse(BList.EMPTY)) {
            if (!(entry instanceof BList pair)
                    || pair.size() != 2
                    || !(pair.get(1) instanceof BString bitmap)) {
                throw part.wrong("partials", entry + ", expected a piece and a bitmap");
            }
            int piece = (int) part.number("partials", pair.get(0), 0, count - 1L);
            partials.put(piece, BitSet.valueOf(bitmap.bytes()));
        }
        return new ResumeData.Pieces(have, partials, priorities(part));
    }

    private static ResumeData.Course course(ResumeFields part) throws ResumeException {
        AddTorrent.Start start =
                switch (part.text("start").orElse("STARTED")) {
                    case "STARTED" -> AddTorrent.Start.STARTED;
                    case "PAUSED" -> AddTorrent.Start.PAUSED;
                    case "STOPPED" -> AddTorrent.Start.STOPPED;
                    case String other -> throw part.wrong("start", other + " is unknown");
                };
        Optional<BList> labels = part.list("labels");
        return new ResumeData.Course(
                start,
                part.number("forced", 0, 1).orElse(0) == 1,
                part.number("limit-reached", 0, 1).orElse(0) == 1,
                (int) part.number("queue", 0, MAX_QUEUE).orElse(0),
                options(part.part("options")),
                labels.isEmpty() ? List.of() : part.texts("labels", labels.get()));
    }

    /**
     * An option that is no longer allowed falls back to its default: it is no reason to hash again.
     */
    private static Settings options(ResumeFields part) throws ResumeException {
        Settings settings = Settings.EMPTY;
        for (Setting<?> key : TorrentOptions.ALL) {
            Optional<BValue> value = part.dict().get(key.name());
            if (value.isPresent()) {
                settings = withOption(settings, key, option(part, key, value.get()));
            }
        }
        return settings;
    }

    private static Settings withOption(Settings settings, Setting<?> key, Object value) {
        try {
            return settings.parsed(key, value);
        } catch (EngineException _) {
            return settings;
        }
    }

    private static <T> Object option(ResumeFields part, Setting<T> key, BValue value)
            throws ResumeException {
        Object sample = key.print(key.defaultValue()); // bencode does not tell texts from truth
        return switch (value) {
            case BInteger integer -> integer.value();
            case BList list -> part.texts(key.name(), list);
            case BString string when sample instanceof Boolean -> string.is("true");
            case BString string when sample instanceof Number -> decimal(string);
            case BString string -> string.utf8();
            case BDict dict -> throw part.wrong(key.name(), dict + " is of the wrong kind");
        };
    }

    /** A number, or the text as it is, which no key takes for a number. */
    private static Object decimal(BString text) {
        try {
            return Double.valueOf(text.utf8());
        } catch (NumberFormatException _) {
            return text.utf8();
        }
    }

    private static ResumeData.Totals totals(ResumeFields part) throws ResumeException {
        return new ResumeData.Totals(
                part.count("downloaded"),
                part.count("uploaded"),
                part.count("wasted"),
                part.count("active"),
                part.count("seeding"),
                Instant.ofEpochMilli(part.count("added")),
                time(part, "completed"),
                time(part, "last-active"),
                time(part, "edited"));
    }

    private static Optional<Instant> time(ResumeFields part, String key) throws ResumeException {
        OptionalLong millis = part.number(key, 0, Long.MAX_VALUE);
        return millis.isPresent()
                ? Optional.of(Instant.ofEpochMilli(millis.getAsLong()))
                : Optional.empty();
    }

    private static ResumeData.Swarm swarm(ResumeFields part) throws ResumeException {
        Optional<BList> list = part.list("trackers");
        Optional<List<List<String>>> trackers = Optional.empty();
        if (list.isPresent()) {
            List<List<String>> tiers = new ArrayList<>();
            for (BValue tier : list.get()) {
                tiers.add(part.texts("trackers", tier));
            }
            trackers = Optional.of(tiers);
        }
        List<InetSocketAddress> peers = new ArrayList<>();
        compact(part, "peers", 4, peers);
        compact(part, "peers6", 16, peers);
        return new ResumeData.Swarm(trackers, peers);
    }

    private static void compact(
            ResumeFields part, String key, int addressBytes, List<InetSocketAddress> peers)
            throws ResumeException {
        ByteBuffer bytes = ByteBuffer.wrap(part.bytes(key).orElse(BString.EMPTY).bytes());
        if (bytes.remaining() % (addressBytes + PORT_BYTES) != 0) {
            throw part.wrong(key, bytes.remaining() + " bytes");
        }
        byte[] address = new byte[addressBytes];
        while (bytes.hasRemaining() && peers.size() < ResumeCodec.MAX_PEERS) {
            bytes.get(address);
            int port = Short.toUnsignedInt(bytes.getShort());
            try {
                peers.add(new InetSocketAddress(InetAddress.getByAddress(address), port));
            } catch (UnknownHostException e) {
                throw new IllegalStateException("addresses of 4 and 16 bytes are legal", e);
            }
        }
    }
}
