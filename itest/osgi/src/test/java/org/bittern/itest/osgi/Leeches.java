package org.bittern.itest.osgi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Peers that download the file, and of whom none can reach another one. */
public final class Leeches extends LibtorrentPeers {
    /**
     * Begins.
     *
     * @param bytesPerSecond of all peers together, until {@link #lift}
     * @param seed of the content
     */
    public Leeches(long bytes, long bytesPerSecond, long seed) throws IOException {
        super("leech", bytes, bytesPerSecond, seed);
    }

    /** Payload that is still to come, all together. */
    public long missingBytes() throws IOException {
        return ask("missing");
    }

    /** What each of them has got. */
    public List<Path> copies() {
        return IntStream.range(0, PEERS)
                .mapToObj(peer -> directory().resolve(Integer.toString(peer)).resolve("content"))
                .toList();
    }
}
