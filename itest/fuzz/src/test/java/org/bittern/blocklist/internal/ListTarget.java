package org.bittern.blocklist.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Block lists in every form that is understood, gzip included. */
public final class ListTarget {
    private ListTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        try {
            ListReader.read(new ByteArrayInputStream(input), new RangeCollector());
        } catch (IOException _) {
            // refused, as it should be
        }
    }
}
