package org.bittern.peer.internal.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.RateLimit;
import org.bittern.spi.peer.LinkState;
import org.bittern.spi.peer.PeerMessage;

/**
 * What waits to be written, in this order: the rest of a block that has begun, other messages,
 * blocks. Owned by the link.
 *
 * <p>Messages overtake blocks, so that requests do not wait behind an upload that a rate limit
 * holds back. A block begins only once the limit has granted all of it: a half-sent block would bar
 * the way.
 */
final class OutQueue {
    private final ControlQueue control;
    private final ArrayDeque<OutBlock> blocks = new ArrayDeque<>(2);
    private final List<PeerMessage.Request> finished = new ArrayList<>(2);
    private final RateLimit limit;
    private final boolean limited;
    private int saved; // bytes granted for the first block that is not granted as a whole
    private long blockBytes;

    OutQueue(BufferPool pool, RateLimit limit) {
        control = new ControlQueue(pool);
        this.limit = limit;
        limited = !limit.equals(RateLimit.NONE);
    }

    ControlQueue control() {
        return control;
    }

    long waitingBytes() {
        return blockBytes + control.waitingBytes();
    }

    boolean isEmpty() {
        return blocks.isEmpty() && control.waitingBytes() == 0;
    }

    void add(OutBlock block) {
        blocks.add(block);
        blockBytes += block.remaining();
    }

    /**
     * Takes a block out and releases it.
     *
     * @return false when it is not here or has begun
     */
    boolean withdraw(int piece, int begin) {
        Iterator<OutBlock> all = blocks.iterator();
        while (all.hasNext()) {
            OutBlock block = all.next();
            if (block.piece == piece && block.begin == begin && !block.begun()) {
                all.remove();
                blockBytes -= block.remaining();
                giveBack(block);
                block.source.release();
                return true;
            }
        }
        return false;
    }

    private void giveBack(OutBlock block) {
        if (block.granted && limited) {
            limit.giveBack(block.source.length());
        }
        if (blocks.isEmpty()) {
            giveBackSaved();
        }
    }

    private void giveBackSaved() {
        if (saved > 0) {
            limit.giveBack(saved);
            saved = 0;
        }
    }

    /**
     * Copies what may be written now; nothing counts as written yet.
     *
     * @throws IOException a block cannot be read
     */
    void copyTo(ByteBuffer out) throws IOException {
        OutBlock first = blocks.peekFirst();
        if (first != null && first.begun()) {
            first.copyTo(out);
        }
        control.copyTo(out);
        for (OutBlock block : blocks) {
            if (!out.hasRemaining() || !granted(block)) {
                return;
            }
            if (!block.begun()) {
                block.copyTo(out);
            }
        }
    }

    /** Whether blocks wait for the rate limit. */
    boolean starved() {
        OutBlock first = blocks.peekFirst();
        return first != null && !first.granted;
    }

    private boolean granted(OutBlock block) {
        if (!block.granted) {
            if (!limited) {
                block.granted = true;
            } else {
                int length = block.source.length();
                if (saved < length) { // a longer block may have been withdrawn
                    saved += limit.take(length - saved);
                }
                if (saved >= length) {
                    block.granted = true;
                    saved -= length;
                    giveBackSaved();
                }
            }
        }
        return block.granted;
    }

    /** Takes note that bytes were written, in the order of {@link #copyTo}. */
    void written(int bytes) {
        int left = bytes;
        OutBlock first = blocks.peekFirst();
        if (first != null && first.begun()) {
            left -= sent(first, left);
        }
        left -= control.written(left);
        while (left > 0) {
            left -= sent(blocks.getFirst(), left);
        }
    }

    private int sent(OutBlock block, int most) {
        int bytes = Math.min(most, block.remaining());
        block.sent(bytes);
        blockBytes -= bytes;
        if (block.remaining() == 0) {
            blocks.removeFirst();
            block.source.release();
            finished.add(block.request());
        }
        return bytes;
    }

    /** Blocks that went out completely since the last call. */
    List<PeerMessage.Request> takeFinished() {
        if (finished.isEmpty()) {
            return List.of();
        }
        List<PeerMessage.Request> taken = List.copyOf(finished);
        finished.clear();
        return taken;
    }

    /** Counts blocks as gone out that another queue has written. */
    void finished(List<PeerMessage.Request> elsewhere) {
        finished.addAll(elsewhere);
    }

    /**
     * Takes out all that must go out before a whole block can: the rest of one that has begun, and
     * messages. It counts as written.
     *
     * @throws IOException the block cannot be read
     */
    ByteBuffer takeBegun() throws IOException {
        OutBlock first = blocks.peekFirst();
        boolean begun = first != null && first.begun();
        int bytes = control.waitingBytes() + (begun ? first.remaining() : 0);
        ByteBuffer out = ByteBuffer.allocate(bytes);
        if (begun) {
            first.copyTo(out);
        }
        control.copyTo(out);
        written(bytes);
        return out.flip();
    }

    /** Takes out the blocks that have not begun. */
    List<LinkState.Block> takeBlocks() {
        List<LinkState.Block> whole = new ArrayList<>();
        while (!blocks.isEmpty()) {
            OutBlock block = blocks.removeFirst();
            giveBack(block);
            whole.add(new LinkState.Block(block.piece, block.begin, block.source));
        }
        blockBytes = 0;
        return whole;
    }

    void release() {
        control.release();
        while (!blocks.isEmpty()) {
            OutBlock block = blocks.removeFirst();
            if (!block.begun()) {
                giveBack(block);
            }
            block.source.release();
        }
        blockBytes = 0;
        giveBackSaved();
    }
}
