package org.bittern.peer.internal.link;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bittern.peer.internal.wire.Decoded;
import org.bittern.peer.internal.wire.MessageDecoder;
import org.bittern.peer.internal.wire.MessageIds;
import org.bittern.peer.internal.wire.WireLimits;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the byte stream of one link into messages and blocks. Owned by the link; not thread-safe.
 *
 * <p>Blocks are copied at once into buffers of their own: the bytes are still in the processor's
 * cache, and no late block pins the loop's receive buffer. The rest of a block that is not there
 * yet is read straight into its buffer ({@link #rest}). Between two messages the reader holds no
 * memory but its own few bytes.
 */
final class FrameReader {
    private static final int PREFIX_BYTES = Integer.BYTES;
    private static final int ID_BYTES = PREFIX_BYTES + 1;
    private static final int BLOCK_HEAD_BYTES = ID_BYTES + 2 * Integer.BYTES;

    /** Memory for an incomplete message grows with what arrived, not with what was announced. */
    private static final int FIRST_PART_BYTES = 4 << 10;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final MessageDecoder decoder;
    private final BufferPool pool;
    private final Sink sink;

    private final ByteBuffer head = ByteBuffer.allocate(BLOCK_HEAD_BYTES).limit(PREFIX_BYTES);
    private State state = State.HEAD;
    private int length; // value of the length prefix
    private int id;
    private int skipped; // bytes of a frame that are still to be skipped
    private byte @Nullable [] part; // null unless a payload is incomplete
    private int partBytes;
    private @Nullable PooledBuffer block; // null unless a block is incomplete
    private @Nullable ByteBuffer rest; // the room that block still has
    private long payloadBytes;

    /** What comes out. Called in the order of the bytes. */
    interface Sink {
        void message(PeerMessage message);

        /** Takes over the reference. */
        void block(int piece, int begin, PooledBuffer data);

        void progress(int bytes);

        void violation(String reason);

        /** True when nobody listens any more. */
        boolean closed();
    }

    private enum State {
        HEAD,
        PAYLOAD,
        BLOCK,
        SKIP
    }

    FrameReader(MessageDecoder decoder, BufferPool pool, Sink sink) {
        this.decoder = decoder;
        this.pool = pool;
        this.sink = sink;
    }

    /** Bytes of blocks that arrived. */
    long payloadBytes() {
        return payloadBytes;
    }

    /** Room for the next bytes of the stream when a block is incomplete, otherwise null. */
    @Nullable ByteBuffer rest() {
        return rest;
    }

    /**
     * Takes note of bytes that were read into {@link #rest}.
     *
     * @param bytes 1 or more
     */
    void restRead(int bytes) {
        payloadBytes += bytes;
        blockGrew(bytes);
    }

    /** Takes bytes of the stream, all of them unless the sink closes. */
    void consume(ByteBuffer in) {
        while (in.hasRemaining() && !sink.closed()) {
            switch (state) {
                case HEAD -> readHead(in);
                case PAYLOAD -> readPayload(in);
                case BLOCK -> readBlock(in);
                case SKIP -> skip(in);
            }
        }
    }

    /** Bytes of the message that has begun, from its length prefix on, unless it is skipped. */
    byte[] begun() {
        return switch (state) {
            case HEAD -> Arrays.copyOf(head.array(), head.position());
            case PAYLOAD -> joined(part == null ? NOTHING : ByteBuffer.wrap(part, 0, partBytes));
            case BLOCK -> joined(rest == null ? NOTHING : rest.duplicate().flip());
            case SKIP -> new byte[0];
        };
    }

    private byte[] joined(ByteBuffer payload) {
        return ByteBuffer.allocate(head.limit() + payload.remaining())
                .put(head.array(), 0, head.limit())
                .put(payload)
                .array();
    }

    /** Bytes of a message that are still to be skipped. */
    int skipped() {
        return skipped;
    }

    /**
     * Goes on where another reader has stopped; before anything else.
     *
     * @param begun of {@link #begun}
     * @param skip of {@link #skipped}
     */
    void resume(byte[] begun, int skip) {
        if (skip > 0) {
            skipped = skip;
            state = State.SKIP;
        }
        consume(ByteBuffer.wrap(begun));
    }

    /** Lets go of memory. */
    void release() {
        if (block != null) {
            block.release();
            block = null;
            rest = null;
        }
        part = null;
    }

    private void readHead(ByteBuffer in) {
        while (head.hasRemaining()) {
            if (!in.hasRemaining()) {
                return;
            }
            head.put(in.get());
        }
        switch (head.limit()) {
            case PREFIX_BYTES -> prefixRead();
            case ID_BYTES -> idRead();
            default -> blockHeadRead();
        }
    }

    private void prefixRead() {
        length = head.getInt(0);
        if (length == 0) {
            nextFrame();
            sink.message(new PeerMessage.KeepAlive());
        } else if (length < 0 || length > WireLimits.MAX_FRAME_BYTES) {
            sink.violation(
                    "frame of %d bytes, at most %d are allowed"
                            .formatted(Integer.toUnsignedLong(length), WireLimits.MAX_FRAME_BYTES));
        } else {
            head.limit(ID_BYTES);
        }
    }

    private void idRead() {
        id = Byte.toUnsignedInt(head.get(PREFIX_BYTES));
        String refusal = decoder.refusal(id, length);
        if (refusal != null) {
            sink.violation(refusal);
        } else if (id == MessageIds.BLOCK) {
            head.limit(BLOCK_HEAD_BYTES);
        } else if (!decoder.reads(id)) {
            skipped = length - 1;
            state = State.SKIP;
            if (skipped == 0) {
                nextFrame();
            }
        } else if (length == 1) {
            deliver(decoder.decode(id, NOTHING));
        } else {
            state = State.PAYLOAD;
        }
    }

    private void blockHeadRead() {
        String refusal = decoder.blockRefusal(piece(), begin(), blockBytes());
        if (refusal != null) {
            sink.violation(refusal);
        } else {
            state = State.BLOCK;
        }
    }

    private int piece() {
        return head.getInt(ID_BYTES);
    }

    private int begin() {
        return head.getInt(ID_BYTES + Integer.BYTES);
    }

    private int blockBytes() {
        return length - 1 - 2 * Integer.BYTES;
    }

    private void readBlock(ByteBuffer in) {
        ByteBuffer room = rest;
        if (room == null) {
            block = LinkMemory.need(pool, blockBytes());
            room = block.bytes();
            rest = room;
        }
        int bytes = Math.min(room.remaining(), in.remaining());
        room.put(room.position(), in, in.position(), bytes);
        room.position(room.position() + bytes);
        in.position(in.position() + bytes);
        payloadBytes += bytes;
        blockGrew(bytes);
    }

    private void blockGrew(int bytes) {
        ByteBuffer room = rest;
        PooledBuffer complete = block;
        if (room == null || complete == null) {
            throw new IllegalStateException("no block is being read");
        }
        if (room.hasRemaining()) {
            sink.progress(bytes);
            return;
        }
        int piece = piece();
        int begin = begin();
        room.flip();
        block = null;
        rest = null;
        nextFrame();
        sink.block(piece, begin, complete);
    }

    private void readPayload(ByteBuffer in) {
        int payload = length - 1;
        if (part == null && in.remaining() >= payload) {
            int limit = in.limit();
            int end = in.position() + payload;
            Decoded decoded = decoder.decode(id, in.limit(end));
            in.limit(limit).position(end);
            deliver(decoded);
            return;
        }
        int bytes = Math.min(payload - partBytes, in.remaining());
        byte[] grown = grown(partBytes + bytes, payload);
        in.get(grown, partBytes, bytes);
        partBytes += bytes;
        if (partBytes == payload) {
            part = null;
            partBytes = 0;
            deliver(decoder.decode(id, ByteBuffer.wrap(grown, 0, payload)));
        }
    }

    private byte[] grown(int needed, int most) {
        byte[] old = part;
        byte[] grown;
        if (old == null) {
            grown = new byte[Math.min(most, Math.max(needed, FIRST_PART_BYTES))];
        } else if (old.length >= needed) {
            grown = old;
        } else {
            grown = Arrays.copyOf(old, Math.min(most, Math.max(needed, 2 * old.length)));
        }
        part = grown;
        return grown;
    }

    private void deliver(Decoded decoded) {
        nextFrame();
        switch (decoded) {
            case Decoded.Message(PeerMessage message) -> sink.message(message);
            case Decoded.Violation(String reason) -> sink.violation(reason);
            case Decoded.Ignored() -> {
                // nothing that concerns us
            }
        }
    }

    private void skip(ByteBuffer in) {
        int bytes = Math.min(skipped, in.remaining());
        in.position(in.position() + bytes);
        skipped -= bytes;
        if (skipped == 0) {
            nextFrame();
        }
    }

    private void nextFrame() {
        head.clear().limit(PREFIX_BYTES);
        state = State.HEAD;
    }
}
