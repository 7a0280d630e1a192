package org.bittern.api.stream;

import java.util.List;

/**
 * How much of a file is there and what is asked for.
 *
 * @param available what can be read, in order
 * @param needed windows that somebody is blocked on, in order
 * @param readers streams that the brain knows of
 * @param downloadRate bytes per second of the whole group
 * @param state one word of the brain
 */
public record BufferStatus(
        long lengthBytes,
        List<Bytes> available,
        List<Bytes> needed,
        int readers,
        long downloadRate,
        String state) {

    public BufferStatus {
        available = List.copyOf(available);
        needed = List.copyOf(needed);
    }

    /**
     * A part of a file.
     *
     * @param end inclusive
     */
    public record Bytes(long start, long end) {}
}
