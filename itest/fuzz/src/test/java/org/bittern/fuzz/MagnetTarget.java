package org.bittern.fuzz;

import java.nio.charset.StandardCharsets;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.MetainfoException;

/** Magnet links (BEP 9, 53): what is read means the same when it is written. */
public final class MagnetTarget {
    private MagnetTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws MetainfoException {
        Magnet read;
        try {
            read = Magnet.parse(new String(input, StandardCharsets.UTF_8));
        } catch (MetainfoException _) {
            return; // refused, as it should be
        }
        String written = read.format();
        if (!Magnet.parse(written).format().equals(written)) {
            throw new AssertionError("another link after " + written);
        }
    }
}
