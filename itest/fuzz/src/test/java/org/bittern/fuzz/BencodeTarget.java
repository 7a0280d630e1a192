package org.bittern.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bittern.bencode.BDocument;
import org.bittern.bencode.BLimits;
import org.bittern.bencode.BReader;
import org.bittern.bencode.BWriter;
import org.bittern.bencode.BencodeException;
import org.bittern.bencode.KeyOrder;

/** Bencode (BEP 3): what is read in strict order is written as it was. */
public final class BencodeTarget {
    private static final BLimits LIMITS = new BLimits(1 << 20, 50, 10_000);

    private BencodeTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws BencodeException {
        for (KeyOrder order : KeyOrder.values()) {
            BDocument read;
            try {
                read = BReader.parsePrefix(ByteBuffer.wrap(input), LIMITS, order);
            } catch (BencodeException _) {
                continue; // refused, as it should be
            }
            byte[] written = BWriter.write(read.value());
            if (!BReader.parse(written, LIMITS).equals(read.value())) {
                throw new AssertionError("another value when it is read again");
            }
            if (order == KeyOrder.STRICT
                    && !Arrays.equals(written, Arrays.copyOf(input, read.length()))) {
                throw new AssertionError("other bytes when it is written again");
            }
        }
    }
}
