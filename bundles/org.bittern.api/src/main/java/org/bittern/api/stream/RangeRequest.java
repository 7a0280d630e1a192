package org.bittern.api.stream;

import java.util.UUID;

/**
 * A window of a file that somebody wants to read.
 *
 * @param start first byte
 * @param end last byte, inclusive
 * @param requestId fresh for each window
 */
public record RangeRequest(String fileId, long start, long end, UUID requestId) {
    public RangeRequest {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("bytes " + start + " to " + end);
        }
    }
}
