package org.bittern.metainfo;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BWriter;

/**
 * Writes torrent files around the raw bytes of an info dictionary. Canonical but for these bytes,
 * which stay as they are.
 */
final class TorrentWriter {
    private static final String INFO = "info";

    private TorrentWriter() {}

    /** Writes; a torrent with a v2 part has piece layers, be they empty (BEP 52). */
    static byte[] write(ByteBuffer info, Surroundings around, boolean v2) {
        byte[] rawInfo = new byte[info.remaining()];
        info.get(info.position(), rawInfo);
        BDict entries = entries(around, v2);
        ByteArrayOutputStream out = new ByteArrayOutputStream(rawInfo.length + 1024);
        BString infoKey = BString.of(INFO);
        out.write('d');
        boolean written = false;
        for (BString key : entries.keys()) {
            if (!written && key.compareTo(infoKey) > 0) {
                put(out, infoKey, rawInfo);
                written = true;
            }
            put(out, key, BWriter.write(entries.get(key).orElseThrow()));
        }
        if (!written) {
            put(out, infoKey, rawInfo);
        }
        out.write('e');
        return out.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, BString key, byte[] value) {
        out.writeBytes(BWriter.write(key));
        out.writeBytes(value);
    }

    private static BDict entries(Surroundings around, boolean v2) {
        BDict.Builder entries = BDict.builder();
        List<List<String>> tiers = around.trackers();
        if (!tiers.isEmpty()) {
            entries.put("announce", tiers.getFirst().getFirst());
        }
        if (tiers.size() > 1 || (!tiers.isEmpty() && tiers.getFirst().size() > 1)) {
            entries.put("announce-list", tiers.stream().map(TorrentWriter::strings).toList());
        }
        putStrings(entries, "url-list", around.webSeeds());
        putStrings(entries, "httpseeds", around.httpSeeds());
        if (!around.nodes().isEmpty()) {
            List<BList> nodes =
                    around.nodes().stream()
                            .map(node ->
                                    BList.of(BString.of(node.host()), BInteger.of(node.port())))
                            .toList();
            entries.put("nodes", nodes);
        }
        around.notes().comment().ifPresent(comment -> entries.put("comment", comment));
        around.notes().createdBy().ifPresent(program -> entries.put("created by", program));
        around.notes()
                .creationDate()
                .ifPresent(date -> entries.put("creation date", date.getEpochSecond()));
        if (v2) {
            BDict.Builder layers = BDict.builder();
            around.layers().byRoot().forEach((root, layer) -> layers.put(root, layer));
            entries.put("piece layers", layers.build());
        }
        return entries.build();
    }

    private static void putStrings(BDict.Builder entries, String key, List<String> values) {
        if (!values.isEmpty()) {
            entries.put(key, strings(values));
        }
    }

    private static BList strings(List<String> values) {
        return new BList(values.stream().<BValue>map(BString::of).toList());
    }
}
