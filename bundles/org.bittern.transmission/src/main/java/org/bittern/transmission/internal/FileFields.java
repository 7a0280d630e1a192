package org.bittern.transmission.internal;

import java.io.IOException;
import java.net.URLConnection;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.Metainfo;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.RpcWriter;

/** Fields of {@code torrent-get} about files and pieces. */
final class FileFields {
    /** What Transmission says when it does not know. */
    private static final String UNKNOWN_TYPE = "application/octet-stream";

    /** Kinds that the JDK does not know and torrents are made of. */
    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("mkv", "video/x-matroska"),
                    Map.entry("mka", "audio/x-matroska"),
                    Map.entry("mp4", "video/mp4"),
                    Map.entry("m4v", "video/x-m4v"),
                    Map.entry("webm", "video/webm"),
                    Map.entry("avi", "video/x-msvideo"),
                    Map.entry("mp3", "audio/mpeg"),
                    Map.entry("m4a", "audio/mp4"),
                    Map.entry("flac", "audio/flac"),
                    Map.entry("ogg", "audio/ogg"),
                    Map.entry("opus", "audio/ogg"),
                    Map.entry("epub", "application/epub+zip"),
                    Map.entry("pdf", "application/pdf"),
                    Map.entry("iso", "application/x-iso9660-image"),
                    Map.entry("srt", "application/x-subrip"),
                    Map.entry("zst", "application/zstd"),
                    Map.entry("7z", "application/x-7z-compressed"),
                    Map.entry("rar", "application/vnd.rar"));

    static final List<Field> ALL =
            List.of(
                    Field.of("files", Field.Need.FILES, FileFields::files),
                    Field.of("fileStats", Field.Need.FILES, FileFields::fileStats),
                    Field.of(
                            "bytesCompleted",
                            Field.Need.FILES,
                            (row, out) ->
                                    Field.array(
                                            row.details().files(),
                                            out,
                                            f -> out.json().writeNumber(f.verifiedBytes()))),
                    Field.of(
                            "priorities",
                            Field.Need.FILES,
                            (row, out) ->
                                    Field.array(
                                            row.details().files(),
                                            out,
                                            f -> out.json().writeNumber(priority(f)))),
                    Field.of("wanted", Field.Need.FILES, FileFields::wanted),
                    Field.number(
                            "file-count",
                            row -> row.metainfo().map(i -> i.files().size()).orElse(0)),
                    Field.text(
                            "primary-mime-type",
                            row -> row.metainfo().map(FileFields::type).orElse(UNKNOWN_TYPE)),
                    Field.of(
                            "pieces",
                            Field.Need.PIECES,
                            (row, out) ->
                                    out.json()
                                            .writeString(
                                                    Base64.getEncoder()
                                                            .encodeToString(
                                                                    row.details()
                                                                            .pieces()
                                                                            .toWire()))),
                    new Field(
                            "availability",
                            Set.of(Field.Need.PIECES, Field.Need.AVAILABILITY),
                            FileFields::availability),
                    Field.of(
                            "desiredAvailable",
                            Field.Need.DESIRED,
                            (row, out) ->
                                    out.json().writeNumber(row.details().desiredAvailable())));

    private FileFields() {}

    /** Whether it is downloaded. */
    static boolean isWanted(FileSnapshot file) {
        return file.priority() != Priority.SKIP;
    }

    /** Transmission's scale of three; a file that is not wanted keeps the middle. */
    static int priority(FileSnapshot file) {
        return switch (file.priority()) {
            case LOW -> -1;
            case SKIP, NORMAL -> 0;
            case HIGH -> 1;
        };
    }

    private static void files(Row row, RpcWriter out) throws IOException {
        Field.array(
                row.details().files(),
                out,
                file -> {
                    out.beginObject();
                    out.text("name", file.path());
                    out.number("length", file.lengthBytes());
                    out.number("bytesCompleted", file.verifiedBytes());
                    out.number("begin_piece", file.firstPiece());
                    out.number("end_piece", Math.max(file.firstPiece(), file.lastPiece() + 1));
                    out.endObject();
                });
    }

    private static void fileStats(Row row, RpcWriter out) throws IOException {
        Field.array(
                row.details().files(),
                out,
                file -> {
                    out.beginObject();
                    out.number("bytesCompleted", file.verifiedBytes());
                    out.flag("wanted", isWanted(file));
                    out.number("priority", priority(file));
                    out.endObject();
                });
    }

    private static void wanted(Row row, RpcWriter out) throws IOException {
        boolean numbers = out.dialect() == Dialect.LEGACY;
        Field.array(
                row.details().files(),
                out,
                file -> {
                    if (numbers) {
                        out.json().writeNumber(isWanted(file) ? 1 : 0);
                    } else {
                        out.json().writeBoolean(isWanted(file));
                    }
                });
    }

    private static void availability(Row row, RpcWriter out) throws IOException {
        int[] peers = row.details().availability();
        out.beginArray();
        for (int piece = 0; piece < peers.length; piece++) {
            boolean ours =
                    piece < row.details().pieces().pieceCount()
                            && row.details().pieces().get(piece);
            out.json().writeNumber(ours ? -1 : peers[piece]);
        }
        out.endArray();
    }

    /** Of the kind that most bytes are of. */
    private static String type(Metainfo info) {
        Map<String, Long> bytes = new HashMap<>();
        for (FileEntry file : info.files()) {
            bytes.merge(type(file.fileName()), file.length(), Long::sum);
        }
        return bytes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(UNKNOWN_TYPE);
    }

    private static String type(String name) {
        String suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        String known = TYPES.get(suffix);
        if (known != null) {
            return known;
        }
        String guessed = URLConnection.guessContentTypeFromName("x." + suffix);
        return guessed == null ? UNKNOWN_TYPE : guessed;
    }
}
