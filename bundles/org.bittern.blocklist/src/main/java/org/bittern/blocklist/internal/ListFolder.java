package org.bittern.blocklist.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder {@code blocklists} of a data directory: lists that people put there and the one that
 * was fetched. Blocks; guarded by {@link Blocklists}.
 */
final class ListFolder {
    /** Lists that are read; more are left out. */
    static final int MAX_LISTS = 64;

    private static final String NAME = "blocklists";
    private static final String FETCHED = "fetched";
    private static final String UNFINISHED = ".fetching";
    private static final Logger log = LoggerFactory.getLogger(ListFolder.class);

    private final Path folder;

    ListFolder(Path dataDirectory) {
        folder = dataDirectory.resolve(NAME);
    }

    /** Something that fills a file. */
    interface Source {
        void writeTo(OutputStream out) throws IOException;
    }

    /** What tells whether a list was changed. */
    private record Stamp(Path file, long bytes, long millis) {}

    /** Equal while no list was added, removed or changed. */
    Object stamp() {
        List<Stamp> stamps = new ArrayList<>();
        for (Path list : lists()) {
            try {
                stamps.add(
                        new Stamp(
                                list,
                                Files.size(list),
                                Files.getLastModifiedTime(list).toMillis()));
            } catch (IOException e) {
                log.debug("{} has gone: {}", list, e.toString());
            }
        }
        return stamps;
    }

    /** Reads all lists; one that cannot be read to its end is left out as a whole. */
    IpRanges read() {
        RangeCollector rules = new RangeCollector();
        for (Path list : lists()) {
            RangeCollector.Mark before = rules.mark();
            try {
                long unknown = read(list, rules);
                if (unknown > 0) {
                    log.warn("block list {}: {} lines are no rules", list, unknown);
                }
            } catch (IOException e) {
                rules.backTo(before);
                log.warn("block list {} is left out: {}", list, e.getMessage());
            }
        }
        return rules.ranges();
    }

    /**
     * Fetches a list and puts it in the place of the last one that was fetched, if it is one.
     *
     * @throws IOException the source failed, or what it gave is no list; nothing has changed
     */
    void fetch(Source source) throws IOException {
        Files.createDirectories(folder);
        Path unfinished = folder.resolve(UNFINISHED);
        try {
            store(source, unfinished);
            RangeCollector rules = new RangeCollector();
            read(unfinished, rules);
            if (rules.rules() == 0) {
                throw new IOException("the list is empty");
            }
            Files.move(
                    unfinished,
                    folder.resolve(FETCHED),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Removes what was fetched, and the directory: for one that was made for it alone. */
    void delete() throws IOException {
        Files.deleteIfExists(folder.resolve(FETCHED));
        Files.deleteIfExists(folder);
        Path parent = folder.getParent();
        if (parent != null) {
            Files.deleteIfExists(parent);
        }
    }

    private static void store(Source source, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            source.writeTo(out);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static long read(Path list, RangeCollector into) throws IOException {
        try (InputStream in = Files.newInputStream(list)) {
            return ListReader.read(in, into);
        }
    }

    private List<Path> lists() {
        List<Path> lists = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return lists;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                boolean hidden = String.valueOf(entry.getFileName()).startsWith(".");
                if (!hidden && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    lists.add(entry);
                }
            }
        } catch (IOException e) {
            log.warn("block lists in {}: {}", folder, e.toString());
        }
        lists.sort(null);
        if (lists.size() > MAX_LISTS) {
            log.warn("{} block lists in {}, {} are read", lists.size(), folder, MAX_LISTS);
        }
        return lists.subList(0, Math.min(lists.size(), MAX_LISTS));
    }
}
