package org.bittern.foreign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.bittern.api.engine.AddTorrent;
import org.bittern.foreign.internal.FastResume;
import org.bittern.foreign.internal.ForeignException;
import org.bittern.foreign.internal.Stored;
import org.bittern.foreign.internal.TransmissionResume;

/** The stored torrents of another program. No state, any thread; blocks. */
public final class ForeignSession {
    /** Torrents that are read. */
    public static final int MAX_TORRENTS = 100_000;

    /**
     * What was found.
     *
     * @param torrents in the order of the other program's queue
     * @param problems one line for a person for each torrent that cannot be read
     */
    public record Found(List<AddTorrent> torrents, List<String> problems) {
        public Found {
            torrents = List.copyOf(torrents);
            problems = List.copyOf(problems);
        }
    }

    private interface Reader {
        Stored read(Path file) throws IOException, ForeignException;
    }

    private ForeignSession() {}

    /**
     * Reads a directory: Transmission's configuration (with {@code resume} and {@code torrents}),
     * or one with {@code *.fastresume} such as qBittorrent's {@code BT_backup}.
     *
     * @throws NoSuchFileException it is neither
     */
    public static Found read(Path directory) throws IOException {
        Path resume = directory.resolve("resume");
        Path torrents = directory.resolve("torrents");
        if (Files.isDirectory(resume) && Files.isDirectory(torrents)) {
            return read(
                    files(torrents, ".torrent", ".magnet"),
                    file -> TransmissionResume.read(file, resume));
        }
        List<Path> fast = files(directory, ".fastresume");
        if (fast.isEmpty()) {
            throw new NoSuchFileException(
                    directory.toString(),
                    null,
                    "holds neither Transmission's torrents/ and resume/ nor *.fastresume");
        }
        return read(fast, FastResume::read);
    }

    private static Found read(List<Path> files, Reader reader) {
        List<Stored> stored = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Path file : files) {
            try {
                stored.add(reader.read(file));
            } catch (ForeignException e) {
                problems.add(file.getFileName() + ": " + e.getMessage());
            } catch (IOException e) {
                problems.add(file.getFileName() + " cannot be read: " + e.getMessage());
            }
        }
        stored.sort(Comparator.comparingLong(Stored::queuePosition));
        return new Found(stored.stream().map(Stored::request).toList(), problems);
    }

    private static List<Path> files(Path directory, String... suffixes) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file ->
                            Stream.of(suffixes).anyMatch(file.getFileName().toString()::endsWith))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .limit(MAX_TORRENTS)
                    .toList();
        }
    }
}
