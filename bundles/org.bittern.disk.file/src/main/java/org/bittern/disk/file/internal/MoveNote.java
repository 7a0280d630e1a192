package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.bittern.disk.file.internal.Volume.Access;
import org.bittern.disk.file.internal.Volume.Entry;
import org.bittern.disk.file.internal.Volume.Kind;
import org.bittern.metainfo.InfoHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file in the directory that a torrent is moved to, for as long as that takes: whoever finds it
 * after a crash knows that files of the torrent's names there are its own. Threads that may block
 * only.
 *
 * <pre>
 * phase, 1 byte: 'b' begun, 'n' all copies have their names and are on the disk
 * the directory that the torrent is moved from, in UTF-8
 * </pre>
 */
final class MoveNote {
    private static final byte BEGUN = 'b';
    private static final byte NAMED = 'n';
    private static final int MAX_BYTES = 64 << 10;
    private static final Logger log = LoggerFactory.getLogger(MoveNote.class);

    private final Volume volume;
    private final InfoHash infoHash;

    /**
     * What is noted.
     *
     * @param named all that is left to do is to delete the files at the old place
     */
    record State(String source, boolean named) {}

    MoveNote(Volume volume, InfoHash infoHash) {
        this.volume = volume;
        this.infoHash = infoHash;
    }

    private Path path(Path target) {
        return target.resolve("." + infoHash.hex() + ".moving");
    }

    /** Notes that a move begins. */
    void begin(Path target, Path source) throws IOException {
        byte[] from = source.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(1 + from.length);
        write(target, bytes.put(BEGUN).put(from).flip(), true);
    }

    /** Notes that the copies are complete. */
    void named(Path target) throws IOException {
        write(target, ByteBuffer.allocate(1).put(NAMED).flip(), false);
    }

    private void write(Path target, ByteBuffer bytes, boolean anew) throws IOException {
        try (VolumeFile file = volume.open(path(target), Access.CREATE)) {
            if (anew) {
                file.resize(bytes.remaining());
            }
            ByteBuffer[] one = {bytes};
            while (bytes.hasRemaining()) {
                if (file.write(one, 0, 1, bytes.position()) <= 0) {
                    throw new IOException("the file takes no bytes");
                }
            }
            file.force();
        }
        volume.forceDirectory(target);
    }

    /** What is noted in a directory; empty when nothing is. */
    Optional<State> read(Path target) throws IOException {
        Optional<Entry> entry = volume.entry(path(target));
        if (entry.isEmpty()
                || entry.get().kind() != Kind.FILE
                || entry.get().bytes() < 1
                || entry.get().bytes() > MAX_BYTES) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) entry.get().bytes());
        try (VolumeFile file = volume.open(path(target), Access.READ)) {
            int read = 0;
            while (bytes.hasRemaining() && read >= 0) {
                read = file.read(bytes, bytes.position());
            }
        }
        byte phase = bytes.flip().get();
        String source = StandardCharsets.UTF_8.decode(bytes).toString();
        return phase == BEGUN || phase == NAMED
                ? Optional.of(new State(source, phase == NAMED))
                : Optional.empty();
    }

    /** Deletes a note that a crash kept from being written: then nothing was moved, either. */
    void dropTorn(Path target) throws IOException {
        if (read(target).isEmpty()) {
            end(target);
        }
    }

    /** The move is over. */
    void end(Path target) {
        try {
            Optional<Entry> entry = volume.entry(path(target));
            if (entry.isPresent() && entry.get().kind() == Kind.FILE) {
                volume.delete(path(target));
            }
        } catch (IOException e) {
            log.warn("{} stays behind: {}", path(target), e.getMessage());
        }
    }
}
