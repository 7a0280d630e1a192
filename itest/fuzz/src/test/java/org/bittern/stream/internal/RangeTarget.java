package org.bittern.stream.internal;

import java.nio.charset.StandardCharsets;
import org.bittern.fuzz.Parts;

/** The header Range (RFC 9110): parts lie in the file, in order and apart. */
public final class RangeTarget {
    private RangeTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Parts parts = new Parts(input);
        long length = parts.number() * 1_000L;
        String header = new String(parts.rest(), StandardCharsets.ISO_8859_1);
        if (RangeHeader.parse(header, length) instanceof RangeHeader.Parts(var ranges)) {
            for (RangeHeader.Bytes range : ranges) {
                if (range.start() < 0 || range.end() < range.start() || range.end() >= length) {
                    throw new AssertionError(ranges + " of " + length);
                }
            }
        }
    }
}
