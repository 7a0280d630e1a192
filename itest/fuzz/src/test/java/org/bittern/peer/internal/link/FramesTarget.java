package org.bittern.peer.internal.link;

import java.nio.ByteBuffer;
import java.util.List;
import org.bittern.fuzz.Parts;
import org.bittern.peer.internal.wire.MessageDecoder;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.testkit.CheckedBuffers;

/**
 * The byte stream of a peer, cut into reads anyhow: no buffer is lost, and no more memory is taken
 * than one block needs.
 */
public final class FramesTarget {
    private static final int PIECES = 100;

    private FramesTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Parts parts = new Parts(input);
        int choice = parts.number();
        Features features =
                new Features(
                        (choice & 1) == 0, (choice & 2) == 0, (choice & 4) == 0, (choice & 8) == 0);
        int pieces = (choice & 16) == 0 ? PIECES : 0;
        CheckedBuffers buffers = new CheckedBuffers();
        Heard heard = new Heard();
        FrameReader reader =
                new FrameReader(new MessageDecoder(features, pieces, List.of()), buffers, heard);
        while (parts.more() && !heard.violated) {
            read(reader, parts.part());
            if (buffers.usedBytes() > 1 << 18) {
                throw new AssertionError(buffers.usedBytes() + " bytes for one block");
            }
        }
        reader.release();
        if (buffers.usedBytes() != 0) {
            throw new AssertionError(buffers.usedBytes() + " bytes are lost");
        }
    }

    /** As the receiver does: first into the rest of a block, then into the shared buffer. */
    private static void read(FrameReader reader, byte[] bytes) {
        ByteBuffer rest = reader.rest();
        int toRest = rest == null ? 0 : Math.min(rest.remaining(), bytes.length);
        if (rest != null && toRest > 0) {
            rest.put(bytes, 0, toRest);
            reader.restRead(toRest);
        }
        reader.consume(ByteBuffer.wrap(bytes, toRest, bytes.length - toRest));
    }

    /** Takes everything. */
    private static final class Heard implements FrameReader.Sink {
        private boolean violated;

        @Override
        public void message(PeerMessage message) {
            String ignored = message.toString();
        }

        @Override
        public void block(int piece, int begin, PooledBuffer data) {
            if (!data.bytes().hasRemaining()) {
                throw new AssertionError("an empty block");
            }
            data.release();
        }

        @Override
        public void progress(int bytes) {
            if (bytes < 0) {
                throw new AssertionError("progress of " + bytes);
            }
        }

        @Override
        public void violation(String reason) {
            violated = true;
        }

        @Override
        public boolean closed() {
            return violated;
        }
    }
}
