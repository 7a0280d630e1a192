package org.bittern.cli.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.bittern.api.engine.FileReason;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.PieceHasher;
import org.bittern.metainfo.PieceHashes;
import org.bittern.metainfo.TorrentPlan;
import org.bittern.metainfo.TorrentPlan.PlannedFile;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/** The file or directory that a torrent is made of. Links inside a directory are left out. */
final class Content {
    private static final int READ_BYTES = 1 << 20;

    /** What the JVM puts for bytes of a name that are no text. */
    private static final char NOT_DECODED = '\uFFFD';

    private final Path root;
    private final boolean directory;
    private final List<PlannedFile> files = new ArrayList<>();

    private Content(Path root, boolean directory) {
        this.root = root;
        this.directory = directory;
    }

    /**
     * Looks at what is there.
     *
     * @throws CommandFailure there is nothing, or it cannot be read
     */
    static Content of(Path path) {
        Path root = path.toAbsolutePath().normalize();
        try {
            if (!Files.exists(root)) {
                throw new CommandFailure(path + ": no such file");
            }
            Content content = new Content(root, Files.isDirectory(root));
            if (content.directory) {
                content.walk();
            } else {
                content.files.add(new PlannedFile(List.of(), Files.size(root), false));
            }
            return content;
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Names the file that is at fault, which may lie deep inside of what was named. */
    private static CommandFailure unreadable(Path path, IOException e) {
        Object file =
                e instanceof FileSystemException at && at.getFile() != null ? at.getFile() : path;
        String why =
                String.valueOf(file).indexOf(NOT_DECODED) < 0
                        ? FileReason.of(e)
                        : "its name is not UTF-8";
        return new CommandFailure(file + ": cannot be read: " + why, e);
    }

    TorrentPlan plan(int pieceLength, TorrentVersion version) throws MetainfoException {
        Path last = root.getFileName();
        String name = last == null ? "root" : last.toString();
        return directory
                ? TorrentPlan.ofDirectory(name, files, pieceLength, version)
                : TorrentPlan.ofFile(name, files.getFirst().length(), pieceLength, version);
    }

    /**
     * Reads everything once.
     *
     * @throws CommandFailure a file cannot be read or has changed meanwhile
     */
    PieceHashes hash(TorrentPlan plan, Terminal terminal) {
        PieceHasher hasher = new PieceHasher(plan);
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        try (Bar bar = Bar.on(terminal, plan.totalLength())) {
            for (PlannedFile file : plan.files()) {
                hash(file, hasher, buffer, bar);
            }
        }
        return hasher.finish();
    }

    private void hash(PlannedFile file, PieceHasher hasher, ByteBuffer buffer, Bar bar) {
        Path path = root;
        for (String element : file.path()) {
            path = path.resolve(element);
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long left = file.length();
            while (left > 0) {
                buffer.clear().limit((int) Math.min(left, READ_BYTES));
                int read = channel.read(buffer);
                if (read < 0) {
                    throw new CommandFailure(path + ": became shorter while it was read");
                }
                hasher.update(buffer.flip());
                left -= read;
                bar.step(read);
            }
            if (channel.size() != file.length()) {
                throw new CommandFailure(path + ": became longer while it was read");
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private void walk() throws IOException {
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (attributes.isRegularFile()) {
                            List<String> elements = new ArrayList<>();
                            root.relativize(file).forEach(e -> elements.add(e.toString()));
                            files.add(
                                    new PlannedFile(
                                            elements, attributes.size(), isExecutable(file)));
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private static boolean isExecutable(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.isExecutable(file);
    }

    /** A bar where a person is watching. */
    private record Bar(@Nullable ProgressBar bar) implements AutoCloseable {
        private static final long BYTES_PER_MIB = 1 << 20;

        static Bar on(Terminal terminal, long bytes) {
            return new Bar(
                    terminal.interactive()
                            ? new ProgressBarBuilder()
                                    .setTaskName("hashing")
                                    .setInitialMax(bytes)
                                    .setUnit(" MiB", BYTES_PER_MIB)
                                    .setStyle(ProgressBarStyle.ASCII)
                                    .build()
                            : null);
        }

        void step(int bytes) {
            if (bar != null) {
                bar.stepBy(bytes);
            }
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
            }
        }
    }
}
