package org.bittern.peer.internal.link;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.bittern.peer.internal.wire.MessageEncoder;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.peer.PeerMessage;

/** A block on its way out: head and bytes. Owned by the link. */
final class OutBlock {
    /** Length prefix, id, piece, begin. */
    static final int HEAD_BYTES = 13;

    final int piece;
    final int begin;
    final BlockSource source;
    boolean granted; // by the rate limit
    private int sent; // bytes of head and block

    OutBlock(int piece, int begin, BlockSource source) {
        this.piece = piece;
        this.begin = begin;
        this.source = source;
    }

    /** What it is, as it was asked for. */
    PeerMessage.Request request() {
        return new PeerMessage.Request(piece, begin, source.length());
    }

    boolean begun() {
        return sent > 0;
    }

    int remaining() {
        return HEAD_BYTES + source.length() - sent;
    }

    void sent(int bytes) {
        sent += bytes;
    }

    /**
     * Copies what is left to send, as much as there is room for; nothing counts as sent yet.
     *
     * @throws IOException a file is shorter than it should be, or cannot be read
     */
    void copyTo(ByteBuffer out) throws IOException {
        int bytes = Math.min(out.remaining(), remaining());
        if (sent == 0 && bytes >= HEAD_BYTES) {
            MessageEncoder.blockHead(piece, begin, source.length(), out);
            bytes -= HEAD_BYTES;
        } else if (sent < HEAD_BYTES) {
            ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
            MessageEncoder.blockHead(piece, begin, source.length(), head);
            int count = Math.min(bytes, HEAD_BYTES - sent);
            out.put(head.array(), sent, count);
            bytes -= count;
        }
        int from = Math.max(0, sent - HEAD_BYTES);
        switch (source) {
            case BlockSource.Memory memory -> {
                out.put(out.position(), memory.buffer().bytes(), from, bytes);
                out.position(out.position() + bytes);
            }
            case BlockSource.Files files -> copyFiles(files, from, bytes, out);
        }
    }

    private static void copyFiles(BlockSource.Files files, int from, int bytes, ByteBuffer out)
            throws IOException {
        int at = from;
        int left = bytes;
        int limit = out.limit();
        for (BlockSource.Region region : files.regions()) {
            if (at >= region.length()) {
                at -= region.length();
                continue;
            }
            int count = Math.min(left, region.length() - at);
            out.limit(out.position() + count);
            long position = region.position() + at;
            while (out.hasRemaining()) {
                int read = region.file().read(out, position);
                if (read <= 0) {
                    throw new EOFException("a file ends before the block does");
                }
                position += read;
            }
            out.limit(limit);
            left -= count;
            at = 0;
        }
    }
}
