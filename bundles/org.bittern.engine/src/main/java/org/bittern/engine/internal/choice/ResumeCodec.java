package org.bittern.engine.internal.choice;

import java.nio.ByteBuffer;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BLimits;
import org.bittern.bencode.BReader;
import org.bittern.bencode.BWriter;
import org.bittern.bencode.BencodeException;

/**
 * Resume data as bytes: one bencoded dictionary. Keys that are unknown are ignored, so that an
 * older version can read what a newer one wrote; what is missing has a default; what has the wrong
 * kind or lies out of bounds makes the whole unusable, since it shows that the bytes are not what
 * was written. No state, any thread.
 */
public final class ResumeCodec {
    /** Peers that are kept. */
    public static final int MAX_PEERS = 200;

    /** Value of the key {@code format}. */
    static final String FORMAT = "bittern-resume";

    /** Value of the key {@code version}; a higher one is not read. */
    static final int VERSION = 1;

    private static final BLimits LIMITS = new BLimits(64 << 20, 8, 3_000_000);

    private ResumeCodec() {}

    /** The bytes of resume data. */
    public static byte[] encode(ResumeData data) {
        return BWriter.write(ResumeEncoder.encode(data));
    }

    /**
     * Reads resume data.
     *
     * @throws ResumeException if the bytes are not resume data of a known version, within limits
     */
    public static ResumeData decode(byte[] bytes) throws ResumeException {
        try {
            if (BReader.parse(ByteBuffer.wrap(bytes), LIMITS) instanceof BDict root) {
                return ResumeDecoder.decode(root);
            }
        } catch (BencodeException e) {
            throw new ResumeException("resume data is broken: " + e.getMessage(), e);
        }
        throw new ResumeException("resume data is no dictionary");
    }
}
