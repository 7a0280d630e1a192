package org.bittern.webseed.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.net.FileParts;

/**
 * A server that has all files of a torrent, and whose moods are an input's: it sends what was asked
 * for in pieces of any size, or less, or nothing. Thread-safe.
 */
final class FedServer implements Files {
    private static final long CHUNK_BYTES = 64;

    private final Map<String, Integer> files = new HashMap<>();
    private final Metainfo metainfo;
    private final Queue<Integer> moods = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicReference<String> fault = new AtomicReference<>("");

    FedServer(String url, Metainfo metainfo) {
        this.metainfo = metainfo;
        SeedUrls urls = new SeedUrls(url, metainfo);
        for (int file = 0; file < metainfo.files().size(); file++) {
            files.put(urls.of(metainfo.files().get(file)), file);
        }
    }

    /** What a file has somewhere. */
    static byte at(int file, long offset) {
        return (byte) (31L * file + 7 * offset + (offset >> Byte.SIZE));
    }

    /** One of the next requests meets it in this mood, 0 to 255. */
    void mood(int number) {
        moods.add(number);
    }

    /** What it was asked for and should not have been, empty when nothing. */
    String fault() {
        return fault.get();
    }

    /** Answers that somebody still reads. */
    int open() {
        return open.get();
    }

    @Override
    public InputStream open(String url, long offset, long length) throws IOException {
        int file = files.getOrDefault(url, -1);
        if (file < 0 || !has(metainfo.files().get(file), offset, length)) {
            fault.set("%d bytes from %d of %s".formatted(length, offset, url));
            throw new IOException("no such part");
        }
        Integer next = moods.poll();
        int mood = next == null ? Byte.SIZE - 1 : next;
        return switch (mood % Byte.SIZE) {
            case 0 -> throw new FileParts.NotThere("404");
            case 1 -> throw new IOException("refused");
            case 2 -> new Answer(file, offset, Math.min(length, CHUNK_BYTES * mood), mood);
            default -> new Answer(file, offset, length, mood);
        };
    }

    private static boolean has(FileEntry file, long offset, long length) {
        return !file.pad() && offset >= 0 && length > 0 && offset <= file.length() - length;
    }

    /** What it sends of a file. */
    private final class Answer extends InputStream {
        private final int file;
        private final long end;
        private final long chunk;
        private long offset;
        private boolean closed;

        Answer(int file, long offset, long length, int mood) {
            this.file = file;
            this.offset = offset;
            end = offset + length;
            chunk = CHUNK_BYTES * (1 + mood);
            open.incrementAndGet();
        }

        @Override
        public int read() throws IOException {
            throw new IOException("byte by byte");
        }

        @Override
        public int read(byte[] target, int begin, int length) {
            if (offset == end) {
                return -1;
            }
            int count = (int) Math.min(Math.min(length, chunk), end - offset);
            for (int i = 0; i < count; i++) {
                target[begin + i] = at(file, offset + i);
            }
            offset += count;
            return count;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
        }
    }
}
