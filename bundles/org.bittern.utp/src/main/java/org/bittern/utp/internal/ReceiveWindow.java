package org.bittern.utp.internal;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What was received and not read, in order or not yet. Owned by its stream. Bounded in bytes and in
 * packets, whatever the other side sends.
 */
final class ReceiveWindow {
    /** Bytes that the other side may have under way. */
    static final int WINDOW_BYTES = 1 << 20;

    /** Memory that may be in use, in bytes; packets of 1,400 bytes take three times their size. */
    static final int CAPACITY_BYTES = 3 * WINDOW_BYTES;

    /** Packets that may come before one that is missing. */
    static final int MAX_AHEAD = 1_024;

    /** Room that early packets leave to the one that is missing: else nothing would go on. */
    static final int RESERVE_BYTES = 1 << 16;

    private static final int BITS_PER_WORD = 32;

    private final ArrayDeque<Segment> ready = new ArrayDeque<>();
    private @Nullable Segment @Nullable [] early; // null while nothing is missing
    private int earlyCount;
    private int last; // the last number in order
    private int end = -1; // number of the FIN, -1 = not known
    private int readableBytes;
    private int costBytes;
    private boolean discarding;

    /** What became of a packet. */
    enum Outcome {
        /** The next one that was expected. */
        IN_ORDER,
        /** One before it is missing. */
        EARLY,
        /** Was here already. */
        REPEATED,
        /** Too far ahead, after the end, or no room. */
        REFUSED
    }

    /** Bytes of one packet. */
    private static final class Segment {
        final PacketMemory memory;
        final ByteBuffer bytes;

        Segment(PacketMemory memory, ByteBuffer bytes) {
            this.memory = memory;
            this.bytes = bytes;
        }
    }

    /**
     * @param last number of the packet before the first one
     */
    ReceiveWindow(int last) {
        this.last = last;
    }

    /** The last number that was received in order. */
    int last() {
        return last;
    }

    /** Bytes that can be read. */
    int readableBytes() {
        return readableBytes;
    }

    /** Bytes that there is room for, however they are cut into packets of a usual size. */
    int window() {
        return Math.min(WINDOW_BYTES, room() / (CAPACITY_BYTES / WINDOW_BYTES));
    }

    private int room() {
        return Math.max(0, CAPACITY_BYTES - costBytes);
    }

    /** Whether something is missing before what was received. */
    boolean hasGap() {
        return earlyCount > 0;
    }

    /** Whether everything up to the FIN was received. */
    boolean ended() {
        return end == last;
    }

    /**
     * Takes a packet.
     *
     * @param memory of the payload; a reference is added when it is kept
     */
    Outcome take(Header header, ByteBuffer payload, PacketMemory memory) {
        int ahead = Seq.distance(last, header.seq());
        if (ahead <= 0) {
            return Outcome.REPEATED;
        }
        if (ahead > MAX_AHEAD
                || memory.cost() > room() - (ahead > 1 ? RESERVE_BYTES : 0)
                || (end >= 0 && Seq.distance(header.seq(), end) < 0)
                || !hasShare(ahead, memory)) {
            return Outcome.REFUSED;
        }
        if (ahead > 1 && early != null && early[header.seq() % MAX_AHEAD] != null) {
            return Outcome.REPEATED;
        }
        if (header.type() == Header.Type.FIN && end < 0) {
            if (reaches(header.seq())) {
                return Outcome.REFUSED; // there is something behind this end
            }
            end = header.seq();
        }
        Segment segment = new Segment(memory.retain(), payload);
        if (ahead > 1) {
            keepEarly(header.seq(), segment);
            return Outcome.EARLY;
        }
        append(segment);
        while (earlyCount > 0) {
            Segment next = takeEarly(Seq.plus(last, 1));
            if (next == null) {
                break;
            }
            costBytes -= next.memory.cost();
            append(next);
        }
        return Outcome.IN_ORDER;
    }

    /** Where memory is scarce a stream goes on packet by packet, as fast as they are read. */
    private boolean hasShare(int ahead, PacketMemory memory) {
        return (ahead == 1 && ready.isEmpty()) || memory.mayBeKept(costBytes);
    }

    private boolean reaches(int seq) {
        for (int ahead = 1; earlyCount > 0 && ahead < MAX_AHEAD; ahead++) {
            int later = Seq.plus(seq, ahead);
            if (Seq.distance(last, later) <= MAX_AHEAD && has(later)) {
                return true;
            }
        }
        return false;
    }

    private boolean has(int seq) {
        return early != null && early[seq % MAX_AHEAD] != null;
    }

    private void keepEarly(int seq, Segment segment) {
        @Nullable Segment[] slots = early;
        if (slots == null) {
            slots = new Segment[MAX_AHEAD];
            early = slots;
        }
        slots[seq % MAX_AHEAD] = segment;
        earlyCount++;
        costBytes += segment.memory.cost();
    }

    private @Nullable Segment takeEarly(int seq) {
        @Nullable Segment[] slots = early;
        if (slots == null) {
            return null;
        }
        Segment segment = slots[seq % MAX_AHEAD];
        if (segment != null) {
            slots[seq % MAX_AHEAD] = null;
            if (--earlyCount == 0) {
                early = null;
            }
        }
        return segment;
    }

    private void append(Segment segment) {
        last = Seq.plus(last, 1);
        if (discarding || !segment.bytes.hasRemaining()) {
            segment.memory.release();
            return;
        }
        costBytes += segment.memory.cost();
        readableBytes += segment.bytes.remaining();
        ready.add(segment);
    }

    /** Reads what is there in order; the number of bytes. */
    int read(ByteBuffer[] targets, int offset, int length) {
        int before = readableBytes;
        for (int i = offset; i < offset + length; i++) {
            ByteBuffer target = targets[i];
            while (target.hasRemaining() && !ready.isEmpty()) {
                readFirst(target);
            }
        }
        return before - readableBytes;
    }

    private void readFirst(ByteBuffer target) {
        Segment segment = ready.getFirst();
        ByteBuffer from = segment.bytes;
        int bytes = Math.min(from.remaining(), target.remaining());
        target.put(target.position(), from, from.position(), bytes);
        target.position(target.position() + bytes);
        from.position(from.position() + bytes);
        readableBytes -= bytes;
        if (!from.hasRemaining()) {
            ready.removeFirst();
            costBytes -= segment.memory.cost();
            segment.memory.release();
        }
    }

    /**
     * Puts the bits of a selective ack: whole words, as many as there is something to tell.
     *
     * @return bytes, 0 when nothing is missing
     */
    int putSack(ByteBuffer out) {
        int begin = out.position();
        int found = 0;
        for (int word = 0; found < earlyCount && out.hasRemaining(); word++) {
            int bits = 0;
            for (int bit = 0; bit < BITS_PER_WORD; bit++) {
                int ahead = word * BITS_PER_WORD + bit + 2;
                if (ahead <= MAX_AHEAD && has(Seq.plus(last, ahead))) {
                    bits |= 1 << bit;
                    found++;
                }
            }
            out.putInt(Integer.reverseBytes(bits)); // the lowest bit is in the first byte
        }
        return out.position() - begin;
    }

    /** Nobody reads any more: what comes is counted and dropped. */
    void discard() {
        discarding = true;
        while (!ready.isEmpty()) {
            Segment segment = ready.removeFirst();
            costBytes -= segment.memory.cost();
            segment.memory.release();
        }
        readableBytes = 0;
    }

    void release() {
        discard();
        @Nullable Segment[] slots = early;
        if (slots != null) {
            for (Segment segment : slots) {
                if (segment != null) {
                    costBytes -= segment.memory.cost();
                    segment.memory.release();
                }
            }
        }
        early = null;
        earlyCount = 0;
    }
}
