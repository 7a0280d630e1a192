package org.bittern.tinytorrent.fs.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bittern.rpc.RpcException;
import org.bittern.tinytorrent.fs.internal.Listing.Entry;
import org.bittern.tinytorrent.fs.internal.Listing.Kind;

/** Reads directories; may hang with them. */
interface Lister {
    /** Names that an answer has at most: some 2 MB. */
    int MAX_ENTRIES = 20_000;

    /**
     * Reads one.
     *
     * @param asked absolute
     * @param roots where callers may look
     */
    Listing list(Path asked, Roots roots) throws IOException, RpcException;

    /**
     * Reads the file systems of the machine.
     *
     * @param maxEntries names that a listing has at most
     */
    static Lister ofMachine(int maxEntries) {
        return (asked, roots) -> list(asked, roots, maxEntries);
    }

    private static Listing list(Path asked, Roots roots, int maxEntries)
            throws IOException, RpcException {
        Path directory = roots.admit(asked);
        List<Entry> entries = new ArrayList<>();
        boolean complete = true;
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path path : stream) {
                if (Thread.interrupted()) {
                    throw new InterruptedIOException("nobody waits any more");
                }
                if (entries.size() == maxEntries) {
                    complete = false;
                    break;
                }
                entries.add(entry(path, roots));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(Comparator.comparing(Entry::name));
        Optional<Path> parent = Optional.ofNullable(directory.getParent()).filter(roots::contains);
        return new Listing(directory, parent, entries, complete);
    }

    private static Entry entry(Path path, Roots roots) {
        String name = String.valueOf(path.getFileName());
        try {
            BasicFileAttributes found =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (found.isSymbolicLink()) {
                if (roots.isLimited() && !roots.contains(path.toRealPath())) {
                    return new Entry(name, Kind.OTHER, 0, 0);
                }
                found = Files.readAttributes(path, BasicFileAttributes.class);
            }
            return new Entry(
                    name,
                    kind(found),
                    found.isRegularFile() ? found.size() : 0,
                    found.lastModifiedTime().to(TimeUnit.SECONDS));
        } catch (IOException e) {
            return new Entry(name, Kind.OTHER, 0, 0); // gone, forbidden, or a link to nowhere
        }
    }

    private static Kind kind(BasicFileAttributes attributes) {
        if (attributes.isDirectory()) {
            return Kind.DIRECTORY;
        }
        return attributes.isRegularFile() ? Kind.FILE : Kind.OTHER;
    }
}
