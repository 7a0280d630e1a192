package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machine's own file systems. Thread-safe. */
final class LocalVolume implements Volume {
    private static final Logger log = LoggerFactory.getLogger(LocalVolume.class);

    private static final Set<OpenOption> READ =
            Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> WRITE =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> CREATE =
            Set.of(
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE,
                    LinkOption.NOFOLLOW_LINKS);

    @Override
    public VolumeFile open(Path file, Access access) throws IOException {
        Set<OpenOption> options =
                switch (access) {
                    case READ -> READ;
                    case WRITE -> WRITE;
                    case CREATE -> CREATE;
                };
        return new LocalFile(file, FileChannel.open(file, options));
    }

    @Override
    public Optional<Entry> entry(Path path) throws IOException {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            Kind kind =
                    found.isRegularFile()
                            ? Kind.FILE
                            : found.isDirectory() ? Kind.DIRECTORY : Kind.OTHER;
            return Optional.of(new Entry(kind, found.size(), found.lastModifiedTime().toMillis()));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            // Two threads may make it at the same time.
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.delete(path);
    }

    @Override
    public void modified(Path file, long epochMillis) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(epochMillis));
    }

    @Override
    public void executable(Path file) throws IOException {
        PosixFileAttributeView view = posix(file);
        if (view == null) {
            return;
        }
        Set<PosixFilePermission> rights = EnumSet.noneOf(PosixFilePermission.class);
        rights.addAll(view.readAttributes().permissions());
        add(rights, PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE);
        add(rights, PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_EXECUTE);
        add(rights, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE);
        view.setPermissions(rights);
    }

    private static void add(
            Set<PosixFilePermission> rights, PosixFilePermission ifHas, PosixFilePermission gets) {
        if (rights.contains(ifHas)) {
            rights.add(gets);
        }
    }

    @Override
    public void rights(Path file, Path like) throws IOException {
        PosixFileAttributeView from = posix(like);
        PosixFileAttributeView to = posix(file);
        if (from == null || to == null) {
            return;
        }
        Set<PosixFilePermission> rights = from.readAttributes().permissions();
        try {
            to.setPermissions(rights);
        } catch (IOException e) {
            // A file system without rights gives all files the same ones.
            log.debug("{} cannot have the rights of {}: {}", file, like, e.toString());
        }
    }

    private static @Nullable PosixFileAttributeView posix(Path file) {
        return Files.getFileAttributeView(
                file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (isWindows()) {
            return; // a directory cannot be opened there
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            if (!(e instanceof AccessDeniedException) && !isUnsupported(e)) {
                throw e;
            }
            // Nothing of a file is lost, and more cannot be done there.
            log.debug("{} cannot be forced: {}", directory, e.toString());
        }
    }

    /** Some file systems of networks and virtual machines sync files only. */
    private static boolean isUnsupported(IOException e) {
        String text = String.valueOf(e.getMessage());
        return text.contains("Invalid argument") || text.contains("not supported");
    }

    private static boolean isWindows() {
        return System.getProperty("os.name", "").startsWith("Windows");
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }

    @Override
    public String device(Path path) {
        for (@Nullable Path at = path; at != null; at = at.getParent()) {
            try {
                return Files.getFileStore(at).toString();
            } catch (IOException _) {
                // not there yet: its parent decides
            }
        }
        return "unknown";
    }
}
