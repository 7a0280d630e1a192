package org.bittern.cli.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.HostPort;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.terminal.Printable;

/**
 * What there is to say of a torrent or a link: names and values, for people or as JSON.
 *
 * @param values texts, numbers, truth values, lists and maps, in the order in which they are shown
 */
record Facts(Map<String, Object> values) {
    private static final int NAME_WIDTH = 14;
    private static final int SIZE_WIDTH = 12;

    static Facts of(Metainfo torrent) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", torrent.name());
        putHashes(facts, torrent.infoHash());
        facts.put(
                "version",
                torrent.hasV1() && torrent.hasV2() ? "hybrid" : torrent.hasV2() ? "v2" : "v1");
        facts.put("size", torrent.totalLength());
        facts.put("piece_length", torrent.pieces().pieceLength());
        facts.put("pieces", torrent.pieces().pieceCount());
        facts.put("private", torrent.isPrivate());
        torrent.comment().ifPresent(comment -> facts.put("comment", comment));
        torrent.createdBy().ifPresent(program -> facts.put("created_by", program));
        torrent.creationDate().ifPresent(date -> facts.put("created", date.toString()));
        torrent.source().ifPresent(source -> facts.put("source", source));
        facts.put("trackers", torrent.trackers());
        facts.put("web_seeds", torrent.webSeeds());
        facts.put("nodes", torrent.nodes().stream().map(HostPort::toString).toList());
        facts.put("magnet", Magnet.of(torrent).format());
        facts.put("files", files(torrent));
        return new Facts(facts);
    }

    static Facts of(Magnet magnet) {
        Map<String, Object> facts = new LinkedHashMap<>();
        magnet.name().ifPresent(name -> facts.put("name", name));
        putHashes(facts, magnet.infoHash());
        facts.put("trackers", magnet.trackers());
        facts.put("web_seeds", magnet.webSeeds());
        facts.put("peers", magnet.peers().stream().map(HostPort::toString).toList());
        if (!magnet.selectOnly().isEmpty()) {
            facts.put("select_only", magnet.selectOnly());
        }
        facts.put("magnet", magnet.format());
        return new Facts(facts);
    }

    String json() {
        try {
            return new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of plain values are always JSON", e);
        }
    }

    /** One line a fact, files last. */
    String text() {
        StringBuilder text = new StringBuilder();
        values.forEach((name, value) -> {
            if (value instanceof List<?> list) {
                appendList(text, name, list);
            } else {
                appendLine(text, name, shown(name, value));
            }
        });
        return text.toString().stripTrailing();
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static void putHashes(Map<String, Object> facts, InfoHash infoHash) {
        facts.put("id", infoHash.hex());
        infoHash.v1().ifPresent(v1 -> facts.put("info_hash_v1", hex(v1)));
        infoHash.v2().ifPresent(v2 -> facts.put("info_hash_v2", hex(v2)));
    }

    private static List<Map<String, Object>> files(Metainfo torrent) {
        List<Map<String, Object>> files = new ArrayList<>();
        for (FileEntry entry : torrent.files()) {
            if (entry.pad()) {
                continue;
            }
            Map<String, Object> file = new LinkedHashMap<>();
            file.put("index", entry.index());
            file.put("path", entry.pathText());
            file.put("length", entry.length());
            files.add(file);
        }
        return files;
    }

    private static void appendList(StringBuilder text, String name, List<?> list) {
        String label = name;
        for (Object element : list) {
            String line =
                    element instanceof Map<?, ?> file
                            ? file(file)
                            : element instanceof List<?> tier
                                    ? String.join("  ", tier.stream().map(String::valueOf).toList())
                                    : String.valueOf(element);
            appendLine(text, label, line);
            label = "";
        }
    }

    private static String file(Map<?, ?> file) {
        long length = (Long) Objects.requireNonNull(file.get("length"));
        return ("%" + SIZE_WIDTH + "s  %s").formatted(Printable.bytes(length), file.get("path"));
    }

    private static String shown(String name, Object value) {
        return switch (name) {
            case "size", "piece_length" ->
                    "%s (%s bytes)".formatted(Printable.bytes(((Number) value).longValue()), value);
            case "private" -> Boolean.TRUE.equals(value) ? "yes" : "no";
            default -> String.valueOf(value);
        };
    }

    private static void appendLine(StringBuilder text, String label, String line) {
        text.append(label.replace('_', ' '))
                .append(" ".repeat(Math.max(1, NAME_WIDTH - label.length())))
                .append(Printable.line(line))
                .append('\n');
    }
}
