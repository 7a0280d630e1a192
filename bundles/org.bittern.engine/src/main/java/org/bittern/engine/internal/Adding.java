package org.bittern.engine.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.FileReason;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.engine.internal.Beginning.Left;
import org.bittern.engine.internal.choice.ResumeCodec;
import org.bittern.engine.internal.choice.ResumeData;
import org.bittern.engine.internal.choice.ResumeException;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.engine.TorrentNumbers;
import org.bittern.spi.state.SessionState.StoredTorrent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes {@link Beginning}s of requests and of stored torrents. Touches directories; not on a loop.
 */
final class Adding {
    private static final Logger log = LoggerFactory.getLogger(Adding.class);

    private final TorrentNumbers numbers;
    private final Supplier<Instant> clock;
    private final Map<Path, Path> directories = new HashMap<>(); // of restored torrents

    Adding(TorrentNumbers numbers, Supplier<Instant> clock) {
        this.numbers = numbers;
        this.clock = clock;
    }

    static InfoHash infoHash(AddTorrent request) {
        return switch (request.source()) {
            case AddTorrent.Source.File file -> file.metainfo().infoHash();
            case AddTorrent.Source.Link link -> link.magnet().infoHash();
        };
    }

    /** What is stored of a request, so that it can be read back. */
    static byte[] stored(AddTorrent request) {
        return switch (request.source()) {
            case AddTorrent.Source.File file -> file.metainfo().toTorrent();
            case AddTorrent.Source.Link link ->
                    link.magnet().format().getBytes(StandardCharsets.UTF_8);
        };
    }

    /**
     * Checks a request and makes its directory.
     *
     * @throws EngineException INVALID_ARGUMENT, INVALID_PATH
     */
    Beginning beginning(AddTorrent request, Settings settings) {
        TorrentCommands.check(request.options());
        Metainfo metainfo =
                request.source() instanceof AddTorrent.Source.File file ? file.metainfo() : null;
        if (metainfo != null) {
            Content.check(metainfo, request.filePriorities());
        }
        List<String> labels = Labels.checked(request.labels());
        Path destination = directory(request, settings);
        // With a past nothing is made: what is not mounted must not begin anew.
        Path directory =
                request.history().isPresent()
                        ? request.history().get().lies().orElse(destination)
                        : first(usable(destination), metainfo, settings);
        Beginning begun =
                new Beginning(
                        numbers.added(infoHash(request)),
                        infoHash(request),
                        metainfo,
                        request.source() instanceof AddTorrent.Source.Link link
                                ? Optional.of(link.magnet())
                                : Optional.empty(),
                        directory,
                        destination,
                        start(request.start(), settings),
                        request.filePriorities(),
                        options(request.options(), settings),
                        labels,
                        clock.get(),
                        Optional.empty(),
                        Left.IN_ORDER);
        return request.history().map(history -> Inheritance.of(begun, history)).orElse(begun);
    }

    private static AddTorrent.Start start(AddTorrent.Start asked, Settings settings) {
        if (asked != AddTorrent.Start.SETTING) {
            return asked;
        }
        return settings.get(EngineSettings.START_ADDED_TORRENTS)
                ? AddTorrent.Start.STARTED
                : AddTorrent.Start.STOPPED;
    }

    private static Settings options(Settings asked, Settings settings) {
        boolean inOrder =
                settings.get(EngineSettings.SEQUENTIAL_DOWNLOAD)
                        && !asked.has(TorrentOptions.SEQUENTIAL);
        return inOrder ? asked.with(TorrentOptions.SEQUENTIAL, true) : asked;
    }

    private static Path directory(AddTorrent request, Settings settings) {
        try {
            Path base = Path.of(settings.get(EngineSettings.DOWNLOAD_DIR)).toAbsolutePath();
            return request.saveDirectory().map(base::resolve).orElse(base).normalize();
        } catch (InvalidPathException e) {
            throw new EngineException(Code.INVALID_PATH, "not a path: " + e.getMessage(), e);
        }
    }

    /** Where the files are made: files that are there already stay where they are. */
    private static Path first(Path destination, @Nullable Metainfo metainfo, Settings settings) {
        String incomplete = settings.get(EngineSettings.INCOMPLETE_DIR);
        boolean elsewhere =
                settings.get(EngineSettings.INCOMPLETE_DIR_ENABLED) && !incomplete.isEmpty();
        if (!elsewhere || (metainfo != null && anything(destination, metainfo))) {
            return destination;
        }
        try {
            return usable(Path.of(incomplete).toAbsolutePath().normalize());
        } catch (InvalidPathException e) {
            throw new EngineException(Code.INVALID_PATH, "not a path: " + e.getMessage(), e);
        }
    }

    private static boolean anything(Path directory, Metainfo metainfo) {
        for (FileEntry file : metainfo.files()) {
            String whole = file.pathText();
            if (!file.pad()
                    && (Files.exists(directory.resolve(whole))
                            || StoreSpec.PART_SUFFIXES.stream()
                                    .anyMatch(it -> Files.exists(directory.resolve(whole + it))))) {
                return true;
            }
        }
        return false;
    }

    private static Path usable(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new EngineException(
                    Code.INVALID_PATH,
                    "cannot make the directory " + directory + ": " + FileReason.of(e),
                    e);
        }
        if (!Files.isWritable(directory)) {
            throw new EngineException(
                    Code.INVALID_PATH, "cannot write to the directory " + directory);
        }
        return directory;
    }

    /**
     * What is stored of a torrent, parsed.
     *
     * @param metainfo null for a magnet link whose metadata is not known
     * @param resume null when there is none that can be used: its data are checked then, as if it
     *     had just been added
     */
    record Past(
            StoredTorrent stored,
            @Nullable Metainfo metainfo,
            Optional<Magnet> magnet,
            @Nullable ResumeData resume) {

        /** The hash that it is stored under; the object of the metadata, if that has no other. */
        InfoHash infoHash() {
            InfoHash known = metainfo == null ? stored.infoHash() : metainfo.infoHash();
            return known.equals(stored.infoHash()) ? known : stored.infoHash();
        }
    }

    /** Parses a stored torrent; empty, and logged, when it is unusable. Any thread. */
    static Optional<Past> past(StoredTorrent stored) {
        try {
            String text = new String(stored.source(), StandardCharsets.UTF_8);
            return Optional.of(
                    Magnet.isMagnet(text)
                            ? new Past(
                                    stored, null, Optional.of(Magnet.parse(text)), resume(stored))
                            : new Past(
                                    stored,
                                    Metainfo.parseStored(stored.source()),
                                    Optional.empty(),
                                    resume(stored)));
        } catch (MetainfoException e) {
            log.warn("{} cannot be restored: {}", stored.infoHash(), e.getMessage());
            return Optional.empty();
        }
    }

    private static @Nullable ResumeData resume(StoredTorrent stored) {
        if (stored.resume().isEmpty()) {
            return null;
        }
        try {
            return ResumeCodec.decode(stored.resume().get());
        } catch (ResumeException e) {
            return null;
        }
    }

    /** The same object for all torrents that lie in one directory. */
    private Path shared(Path directory) {
        Path known = directories.putIfAbsent(directory, directory);
        return known == null ? directory : known;
    }

    /** Restores a stored torrent; by the thread that begins the session. */
    Beginning restored(Past past, Settings settings, Left left) {
        ResumeData resume = past.resume();
        Path base = Path.of(settings.get(EngineSettings.DOWNLOAD_DIR)).toAbsolutePath();
        return new Beginning(
                numbers.restored(past.infoHash()),
                past.infoHash(),
                past.metainfo(),
                past.magnet(),
                resume == null ? base : shared(resume.files().directory()),
                resume == null ? base : shared(resume.files().plans().destination()),
                resume == null ? AddTorrent.Start.STARTED : resume.course().start(),
                Map.of(),
                resume == null ? Settings.EMPTY : resume.course().options(),
                resume == null ? List.of() : resume.course().labels(),
                resume == null ? clock.get() : resume.totals().added(),
                Optional.ofNullable(resume),
                left);
    }
}
