package org.bittern.engine.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bittern.api.engine.AddTorrent;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.PieceHasher;
import org.bittern.metainfo.TorrentBuilder;
import org.bittern.metainfo.TorrentPlan;
import org.bittern.metainfo.TorrentPlan.PlannedFile;
import org.bittern.metainfo.TorrentVersion;

/** Random files and the torrent of them. */
final class Payload {
    private final String name;
    private final Map<List<String>, byte[]> files = new LinkedHashMap<>();
    private final int pieceLength;
    private final TorrentVersion version;
    private final Random random;
    private boolean isPrivate;
    private List<String> webSeeds = List.of();

    Payload(String name, int pieceLength, TorrentVersion version, long seed) {
        this.name = name;
        this.pieceLength = pieceLength;
        this.version = version;
        random = new Random(seed);
    }

    static Payload single(String name, int bytes, int pieceLength, long seed) {
        return new Payload(name, pieceLength, TorrentVersion.V1, seed).with(bytes);
    }

    Payload with(int bytes, String... path) {
        byte[] data = new byte[bytes];
        random.nextBytes(data);
        files.put(List.of(path), data);
        return this;
    }

    /** For its trackers only (BEP 27). */
    Payload isPrivate() {
        isPrivate = true;
        return this;
    }

    /** With servers that have the files (BEP 19). */
    Payload at(String... urls) {
        webSeeds = List.of(urls);
        return this;
    }

    Metainfo metainfo() throws MetainfoException {
        return Metainfo.parse(torrent());
    }

    AddTorrent request() throws MetainfoException {
        byte[] bytes = torrent();
        return AddTorrent.file(Metainfo.parse(bytes), bytes);
    }

    byte[] torrent() throws MetainfoException {
        List<PlannedFile> planned = new ArrayList<>();
        files.forEach((path, data) -> planned.add(new PlannedFile(path, data.length, false)));
        boolean single = files.size() == 1 && files.containsKey(List.<String>of());
        TorrentPlan plan =
                single
                        ? TorrentPlan.ofFile(
                                name, planned.getFirst().length(), pieceLength, version)
                        : TorrentPlan.ofDirectory(name, planned, pieceLength, version);
        PieceHasher hasher = new PieceHasher(plan);
        for (PlannedFile file : plan.files()) {
            hasher.update(ByteBuffer.wrap(data(file.path())));
        }
        return new TorrentBuilder(plan, hasher.finish())
                .isPrivate(isPrivate)
                .webSeeds(webSeeds)
                .build();
    }

    private byte[] data(List<String> path) {
        byte[] data = files.get(path);
        if (data == null) {
            throw new IllegalStateException("no file " + path);
        }
        return data;
    }

    /** The bytes of a file; shared, not to be changed. */
    byte[] bytes(String... path) {
        return data(List.of(path));
    }

    /** Writes the files below a download directory. */
    void write(Path directory) throws IOException {
        for (var file : files.entrySet()) {
            Path target = target(directory, file.getKey());
            Files.createDirectories(target.getParent());
            Files.write(target, file.getValue());
        }
    }

    /** Paths of files below a download directory that differ from what they should be. */
    List<Path> wrongFiles(Path directory) throws IOException {
        List<Path> wrong = new ArrayList<>();
        for (var file : files.entrySet()) {
            Path target = target(directory, file.getKey());
            if (!Files.exists(target)
                    || Files.mismatch(target, scratch(directory, file.getValue())) >= 0) {
                wrong.add(target);
            }
        }
        return wrong;
    }

    private static Path scratch(Path directory, byte[] bytes) throws IOException {
        Path file = directory.resolveSibling(directory.getFileName() + ".expected");
        return Files.write(file, bytes);
    }

    Path target(Path directory, List<String> path) {
        Path target = directory.resolve(name);
        for (String element : path) {
            target = target.resolve(element);
        }
        return target;
    }
}
