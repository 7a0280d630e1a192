package org.bittern.bencode;

/**
 * What a reader is willing to take from a stranger. The bounds are checked before memory is
 * reserved; values of 3 million tokens cost at most about 150 MB.
 *
 * @param maxBytes length of the whole input, at least 1
 * @param maxDepth how many lists and dictionaries may be open at once, at least 1
 * @param maxTokens how many integers, strings, lists and dictionaries there may be in all, keys
 *     included, at least 1
 */
public record BLimits(int maxBytes, int maxDepth, int maxTokens) {
    /** For torrent files: 10 MB, depth 100, 3 million tokens, as libtorrent has them. */
    public static final BLimits DEFAULT = new BLimits(10_000_000, 100, 3_000_000);

    public BLimits {
        if (maxBytes < 1 || maxDepth < 1 || maxTokens < 1) {
            throw new IllegalArgumentException(
                    "limits must be at least 1: %d bytes, depth %d, %d tokens"
                            .formatted(maxBytes, maxDepth, maxTokens));
        }
    }
}
