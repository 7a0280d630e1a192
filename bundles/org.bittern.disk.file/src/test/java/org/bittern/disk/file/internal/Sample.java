package org.bittern.disk.file.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.PieceMap.Span;
import org.bittern.metainfo.TorrentBuilder;
import org.bittern.metainfo.TorrentPlan;
import org.bittern.metainfo.TorrentPlan.PlannedFile;
import org.bittern.metainfo.TorrentVersion;

/** A torrent and its content. Immutable. */
record Sample(Metainfo metainfo, List<byte[]> files) {

    /** One file. */
    static Sample ofFile(int length, int pieceLength, TorrentVersion version, long seed) {
        try {
            TorrentPlan plan = TorrentPlan.ofFile("sample.bin", length, pieceLength, version);
            return of(plan, seed);
        } catch (MetainfoException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Files {@code f00, d/f01, d/e/f02, f03 …} of these lengths. */
    static Sample ofDirectory(
            List<Integer> lengths, int pieceLength, TorrentVersion version, long seed) {
        List<PlannedFile> planned = new ArrayList<>();
        for (int i = 0; i < lengths.size(); i++) {
            String name = "f%02d".formatted(i);
            List<String> path =
                    switch (i % 3) {
                        case 0 -> List.of(name);
                        case 1 -> List.of("d", name);
                        default -> List.of("d", "e", name);
                    };
            planned.add(new PlannedFile(path, lengths.get(i), i % 4 == 3));
        }
        try {
            return of(TorrentPlan.ofDirectory("sample", planned, pieceLength, version), seed);
        } catch (MetainfoException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Sample of(TorrentPlan plan, long seed) throws MetainfoException {
        RandomGenerator random = new SplittableRandom(seed);
        var hasher = new org.bittern.metainfo.PieceHasher(plan);
        List<byte[]> contents = new ArrayList<>();
        for (PlannedFile file : plan.files()) {
            byte[] content = new byte[(int) file.length()];
            random.nextBytes(content);
            contents.add(content);
            hasher.update(ByteBuffer.wrap(content));
        }
        Metainfo metainfo = Metainfo.parse(new TorrentBuilder(plan, hasher.finish()).build());
        // Padding files of hybrid torrents stand between the planned ones.
        List<byte[]> files = new ArrayList<>();
        int planned = 0;
        for (FileEntry entry : metainfo.files()) {
            files.add(entry.pad() ? new byte[(int) entry.length()] : contents.get(planned++));
        }
        return new Sample(metainfo, files);
    }

    int longestFile() {
        return metainfo.files().stream()
                .filter(file -> !file.pad())
                .max(Comparator.comparingLong(FileEntry::length))
                .orElseThrow()
                .index();
    }

    int pieceCount() {
        return metainfo.pieces().pieceCount();
    }

    /** A range of a piece. */
    byte[] bytes(int piece, int begin, int length) {
        ByteBuffer target = ByteBuffer.allocate(length);
        for (Span span : metainfo.pieces().spans(piece, begin, length)) {
            if (span.pad()) {
                target.position(target.position() + span.length());
            } else {
                target.put(files.get(span.file()), (int) span.fileOffset(), span.length());
            }
        }
        return target.array();
    }

    Path path(Path directory, int file) {
        Path path = directory;
        for (String element : metainfo.files().get(file).path()) {
            path = path.resolve(element);
        }
        return path;
    }

    /** Files that are not there, or not as they should be; padding is not expected. */
    List<String> differences(Path directory) {
        List<String> differences = new ArrayList<>();
        for (FileEntry entry : metainfo.files()) {
            Path path = path(directory, entry.index());
            try {
                if (entry.pad()) {
                    if (Files.exists(path)) {
                        differences.add(entry.pathText() + " is padding and was made");
                    }
                } else if (!Files.exists(path)) {
                    differences.add(entry.pathText() + " is missing");
                } else {
                    int at = Arrays.mismatch(Files.readAllBytes(path), files.get(entry.index()));
                    if (at >= 0) {
                        differences.add(entry.pathText() + " differs at byte " + at);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return differences;
    }

    /** Writes all files, as another program would. */
    void writeTo(Path directory) throws IOException {
        for (FileEntry entry : metainfo.files()) {
            if (!entry.pad()) {
                Path path = path(directory, entry.index());
                Files.createDirectories(path.getParent());
                Files.write(path, files.get(entry.index()));
            }
        }
    }
}
