package org.bittern.engine.internal.choice;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.spi.disk.TorrentStore.FileStat;

/**
 * Resume data as bencode values. No state, any thread.
 *
 * <pre>
 * format, version
 * info-hash (20 bytes), info-hash2 (32 bytes): one or both
 * files:  directory; renamed [index, [element…]]…; stats [length or -1, millis]… flat; unchecked; priorities (a digit each);
 *         destination, moving-to, name; renaming [[element…], name]
 * pieces: count; have (as on the wire); partials [piece, bitmap (low bit first)]…; priorities
 * course: start, forced, queue, options {name: value}, labels
 * totals: downloaded, uploaded, wasted, active, seeding (seconds), added, completed, last-active, edited (epoch millis)
 * swarm:  trackers [[url…]…]; peers, peers6 (compact, BEP 23 and 7)
 * </pre>
 */
final class ResumeEncoder {
    /** Length in place of a file that does not exist. */
    static final long NO_FILE = -1;

    private ResumeEncoder() {}

    static BDict encode(ResumeData data) {
        BDict.Builder root =
                BDict.builder()
                        .put("format", ResumeCodec.FORMAT)
                        .put("version", ResumeCodec.VERSION);
        data.infoHash().v1().ifPresent(hash -> root.put("info-hash", hash));
        data.infoHash().v2().ifPresent(hash -> root.put("info-hash2", hash));
        return root.put("files", files(data.files()))
                .put("pieces", pieces(data.pieces()))
                .put("course", course(data.course()))
                .put("totals", totals(data.totals()))
                .put("swarm", swarm(data.swarm()))
                .build();
    }

    private static BDict files(ResumeData.Files files) {
        List<BValue> renamed = new ArrayList<>(files.renamed().size());
        files.renamed()
                .forEach((index, path) -> renamed.add(BList.of(BInteger.of(index), texts(path))));
        List<BValue> stats = new ArrayList<>(2 * files.stats().size());
        for (FileStat stat : files.stats()) {
            stats.add(BInteger.of(stat.exists() ? stat.lengthBytes() : NO_FILE));
            stats.add(BInteger.of(stat.modifiedMillis()));
        }
        BDict.Builder dict =
                BDict.builder()
                        .put("directory", files.directory().toString())
                        .put("renamed", renamed)
                        .put("stats", stats)
                        .put("unchecked", files.unchecked() ? 1 : 0)
                        .put("priorities", priorities(files.priorities()));
        ResumeData.Plans plans = files.plans();
        dict.put("destination", plans.destination().toString());
        plans.movingTo().ifPresent(target -> dict.put("moving-to", target.toString()));
        plans.name().ifPresent(name -> dict.put("name", name));
        plans.renaming()
                .ifPresent(rename ->
                        dict.put(
                                "renaming",
                                BList.of(texts(rename.path()), BString.of(rename.name()))));
        return dict.build();
    }

    private static BDict pieces(ResumeData.Pieces pieces) {
        List<BValue> partials = new ArrayList<>(pieces.partials().size());
        for (Map.Entry<Integer, BitSet> partial : pieces.partials().entrySet()) {
            partials.add(
                    BList.of(
                            BInteger.of(partial.getKey()),
                            BString.of(partial.getValue().toByteArray())));
        }
        return BDict.builder()
                .put("count", pieces.have().pieceCount())
                .put("have", pieces.have().toWire())
                .put("partials", partials)
                .put("priorities", priorities(pieces.priorities()))
                .build();
    }

    private static BDict course(ResumeData.Course course) {
        return BDict.builder()
                .put("start", course.start().name())
                .put("forced", course.forced() ? 1 : 0)
                .put("limit-reached", course.limitReached() ? 1 : 0)
                .put("queue", course.queuePosition())
                .put("options", options(course.options()))
                .put("labels", texts(course.labels()))
                .build();
    }

    private static BDict totals(ResumeData.Totals totals) {
        BDict.Builder dict =
                BDict.builder()
                        .put("downloaded", totals.downloadedBytes())
                        .put("uploaded", totals.uploadedBytes())
                        .put("wasted", totals.wastedBytes())
                        .put("active", totals.activeSeconds())
                        .put("seeding", totals.seedingSeconds())
                        .put("added", totals.added().toEpochMilli());
        totals.completed().ifPresent(when -> dict.put("completed", when.toEpochMilli()));
        totals.active().ifPresent(when -> dict.put("last-active", when.toEpochMilli()));
        totals.edited().ifPresent(when -> dict.put("edited", when.toEpochMilli()));
        return dict.build();
    }

    private static BDict swarm(ResumeData.Swarm swarm) {
        BDict.Builder dict = BDict.builder();
        swarm.trackers()
                .ifPresent(tiers ->
                        dict.put("trackers", tiers.stream().map(ResumeEncoder::texts).toList()));
        List<InetSocketAddress> peers =
                swarm.peers().stream()
                        .filter(peer -> !peer.isUnresolved())
                        .limit(ResumeCodec.MAX_PEERS)
                        .toList();
        return dict.put("peers", compact(peers, 4)).put("peers6", compact(peers, 16)).build();
    }

    private static byte[] compact(List<InetSocketAddress> peers, int addressBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(peers.size() * (addressBytes + 2));
        for (InetSocketAddress peer : peers) {
            byte[] address = peer.getAddress().getAddress();
            if (address.length == addressBytes) {
                bytes.put(address).putShort((short) peer.getPort());
            }
        }
        byte[] compact = new byte[bytes.position()];
        bytes.get(0, compact);
        return compact;
    }

    private static BDict options(Settings settings) {
        BDict.Builder dict = BDict.builder();
        settings.print((name, value) -> dict.put(name, option(value)));
        return dict.build();
    }

    /** Bencode has no truth values and no fractions: they are texts. */
    private static BValue option(Object value) {
        if (value instanceof Long || value instanceof Integer) {
            return BInteger.of(((Number) value).longValue());
        }
        if (value instanceof List<?> list) {
            return texts(list.stream().map(String::valueOf).toList());
        }
        return BString.of(String.valueOf(value));
    }

    private static BList texts(List<String> texts) {
        return new BList(texts.stream().map(text -> (BValue) BString.of(text)).toList());
    }

    private static byte[] priorities(List<Priority> priorities) {
        byte[] digits = new byte[priorities.size()];
        for (int i = 0; i < digits.length; i++) {
            digits[i] =
                    switch (priorities.get(i)) {
                        case SKIP -> '0';
                        case LOW -> '1';
                        case NORMAL -> '2';
                        case HIGH -> '3';
                    };
        }
        return digits;
    }
}
