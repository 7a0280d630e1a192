package org.bittern.dht.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BLimits;
import org.bittern.bencode.BReader;
import org.bittern.bencode.BString;
import org.bittern.bencode.BWriter;
import org.bittern.bencode.BencodeException;

/**
 * Nodes that answered in an earlier run, in a file: a dictionary with {@code nodes} and {@code
 * nodes6} as replies have them (BEP 5, 32). Blocks; one thread at a time.
 */
final class NodeFile {
    /** Name in the directory of the session. */
    static final String NAME = "dht.nodes";

    /** Nodes of each family that are kept. */
    static final int MOST = 400;

    private static final int MAX_BYTES = 64 << 10;
    private static final BLimits LIMITS = new BLimits(MAX_BYTES, 4, 16);

    private final Path file;

    NodeFile(Path directory) {
        file = directory.resolve(NAME);
    }

    /**
     * Reads it.
     *
     * @return empty when there is none
     * @throws IOException it cannot be read, or is none of ours
     */
    List<Contact> load() throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException _) {
            return List.of();
        }
        try {
            List<Contact> nodes = new ArrayList<>();
            if (BReader.parse(bytes, LIMITS) instanceof BDict known) {
                for (Family family : Family.values()) {
                    BString text = known.string(family.nodesKey()).orElse(BString.EMPTY);
                    nodes.addAll(family.nodes(text, MOST));
                }
            }
            return nodes;
        } catch (BencodeException e) {
            throw new IOException("not bencode: " + e.getMessage(), e);
        }
    }

    /** Writes it anew: the old or the new file is there whatever happens. */
    void save(List<Contact> nodes) throws IOException {
        BDict.Builder known = BDict.builder();
        for (Family family : Family.values()) {
            List<Contact> some =
                    nodes.stream()
                            .filter(node -> Family.of(node.address()) == family)
                            .limit(MOST)
                            .toList();
            known.put(family.nodesKey(), family.nodes(some));
        }
        Path unfinished = file.resolveSibling(NAME + ".new");
        try (FileChannel channel =
                FileChannel.open(
                        unfinished,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(BWriter.write(known.build()));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(
                unfinished,
                file,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }
}
