package org.bittern.watchdir.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Settings;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the torrent files of a directory. Owned by one thread, and blocks.
 *
 * <p>A file that changed since the last look is still being written. One that stands still and is a
 * torrent is added and then called {@code NAME.added}, or deleted if that is wished; one that
 * stands still for longer and is none is called {@code NAME.invalid}. What cannot be renamed is
 * remembered, so that nothing is ever added twice, also when its torrent was removed meanwhile.
 */
final class Watcher {
    /** Largest torrent file, in bytes; the limit of the bencode reader. */
    static final int MAX_TORRENT_BYTES = 10_000_000;

    /** Files that are looked at in one directory. */
    static final int MAX_FILES = 10_000;

    /** So long must a file stand still before it is taken for broken: its writer may be slow. */
    static final long BROKEN_NANOS = TimeUnit.SECONDS.toNanos(6);

    private static final int ADD_SECONDS = 30;
    private static final String SUFFIX = ".torrent";
    private static final Logger log = LoggerFactory.getLogger(Watcher.class);

    /** What a file was when it was looked at. */
    private record Look(long bytes, FileTime modified) {}

    /**
     * What is known of a file.
     *
     * @param refusal what the engine said last, which was told; empty: nothing
     */
    private record Seen(Look look, long sinceNanos, boolean done, String refusal) {}

    private final Map<Path, Seen> seen = new HashMap<>();
    private final Consumer<String> problems;
    private String troubled = ""; // directory that could not be read; told once

    /**
     * Watches nothing yet.
     *
     * @param problems is told of files that are no torrents, and of those that the engine refuses
     *     and for which reason, once and a line each
     */
    Watcher(Consumer<String> problems) {
        this.problems = problems;
    }

    /** Looks once, and adds what is there. */
    void look(Engine engine, long nowNanos) {
        Settings settings = engine.settings();
        String name = settings.get(EngineSettings.WATCH_DIR);
        if (!settings.get(EngineSettings.WATCH_DIR_ENABLED) || name.isEmpty()) {
            seen.clear();
            return;
        }
        boolean delete = settings.get(EngineSettings.TRASH_ORIGINAL_TORRENT_FILES);
        present(name)
                .forEach((file, look) -> {
                    Seen before = seen.get(file);
                    if (before == null || !before.look.equals(look)) {
                        seen.put(file, new Seen(look, nowNanos, false, ""));
                    } else if (!before.done) {
                        settle(engine, file, delete, nowNanos - before.sinceNanos);
                    }
                });
    }

    /**
     * The files that are there. What is not there any more is forgotten, but only when the whole
     * directory could be listed: a network file system that does not answer has lost no file.
     */
    private Map<Path, Look> present(String name) {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(Path.of(name), Watcher::hasSuffix)) {
            List<Path> listed = first(files);
            Map<Path, Look> present = new HashMap<>();
            for (Path file : listed) {
                lookAt(file).ifPresent(look -> present.put(file, look));
            }
            seen.keySet().retainAll(new HashSet<>(listed));
            troubled = "";
            return present;
        } catch (IOException | DirectoryIteratorException | InvalidPathException e) {
            if (!troubled.equals(name)) {
                troubled = name;
                log.warn("the watched directory {} cannot be read: {}", name, e.toString());
            }
            return Map.of();
        }
    }

    /** Empty when it is no file, or has gone since it was listed. */
    private static Optional<Look> lookAt(Path file) throws IOException {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(
                            file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile()
                    ? Optional.of(new Look(found.size(), found.lastModifiedTime()))
                    : Optional.empty();
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    private static boolean hasSuffix(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(SUFFIX) && name.length() > SUFFIX.length();
    }

    private static List<Path> first(DirectoryStream<Path> files) {
        List<Path> first = new ArrayList<>();
        for (Path file : files) {
            if (first.size() == MAX_FILES) {
                break;
            }
            first.add(file);
        }
        return first;
    }

    /** A file that stands still. */
    private void settle(Engine engine, Path file, boolean delete, long sinceNanos) {
        try {
            AddTorrent request = read(file);
            if (add(engine, file, request)) {
                finish(file, delete ? "" : ".added");
            }
        } catch (MetainfoException e) {
            if (sinceNanos >= BROKEN_NANOS) {
                log.warn("{} is no torrent: {}", file, e.getMessage());
                finish(file, ".invalid");
                problems.accept(file.getFileName() + " is no torrent: " + e.getMessage());
            }
        } catch (IOException e) {
            log.debug("{} cannot be read yet: {}", file, e.toString());
        }
    }

    private static AddTorrent read(Path file) throws IOException, MetainfoException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(MAX_TORRENT_BYTES + 1);
            if (bytes.length > MAX_TORRENT_BYTES) {
                throw new MetainfoException("more than " + MAX_TORRENT_BYTES + " bytes");
            }
            return AddTorrent.file(Metainfo.parse(bytes), bytes).starting(AddTorrent.Start.SETTING);
        }
    }

    /** Returns false when it may work later. */
    private boolean add(Engine engine, Path file, AddTorrent request) {
        try {
            Engine.Added added =
                    engine.add(request).toCompletableFuture().get(ADD_SECONDS, TimeUnit.SECONDS);
            log.info(
                    "{} {} from {}",
                    added.duplicate() ? "there already:" : "added",
                    added.torrent().infoHash().shortHex(),
                    file);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException refusal
                    && refusal.code() != EngineException.Code.ENGINE_NOT_RUNNING) {
                refused(file, String.valueOf(refusal.getMessage()));
            }
            return false;
        } catch (TimeoutException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** It is tried again at each look, so what stays the same is told once. */
    private void refused(Path file, String reason) {
        Seen before = seen.get(file);
        if (before == null || before.refusal.equals(reason)) {
            log.debug("{} is still not added: {}", file, reason);
            return;
        }
        seen.put(file, new Seen(before.look, before.sinceNanos, before.done, reason));
        log.warn("{} is not added: {}", file, reason);
        problems.accept(file.getFileName() + " is not added: " + reason);
    }

    /**
     * Takes a file out of what is looked at.
     *
     * @param suffix of its new name; empty: it is deleted
     */
    private void finish(Path file, String suffix) {
        Seen before = seen.remove(file);
        try {
            if (suffix.isEmpty()) {
                Files.deleteIfExists(file);
            } else {
                Files.move(
                        file,
                        file.resolveSibling(file.getFileName() + suffix),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            log.warn("{} stays where it is: {}", file, e.toString());
            if (before != null) {
                seen.put(file, new Seen(before.look, before.sinceNanos, true, ""));
            }
        }
    }
}
