package org.bittern.utp.internal;

import org.jspecify.annotations.Nullable;

/**
 * What was written and is not acked. Owned by its stream.
 *
 * <p>Each sending of a packet has a number. A packet is lost when the {@value #REORDERING}rd packet
 * that was sent after it has been acked; this finds packets that get lost a second time as well.
 */
final class SendWindow {
    /** Packets that may wait or be under way: far less than what 16 bits can tell apart. */
    static final int MAX_PACKETS = 8_192;

    /** So many later packets must arrive before one counts as lost (BEP 29). */
    static final int REORDERING = 3;

    private static final int FIRST_SLOTS = 16;

    private @Nullable OutPacket[] slots = new OutPacket[FIRST_SLOTS];
    private int first; // the oldest packet that is not acked
    private int unsent; // the oldest one that was never sent
    private int end; // the next one to be made
    private int flightBytes; // with payload; a packet without any counts as none
    private int flightPackets;
    private int queuedBytes; // payload that was never sent
    private int lostPackets;
    private int firstLost; // none before it is lost; only meaningful while some are
    private long heldBytes; // memory of all packets
    private long orders; // sendings so far
    private long ackedOrder = -1; // the last sending that is known to have arrived
    private long closedOrder; // the first sending since the other side's window has closed
    private long forgivenOrder = -1; // losses up to this sending have been counted
    private int duplicates; // acks in a row that said nothing new
    private final Acked acked = new Acked();

    /** What an ack told. Valid until the next one. */
    static final class Acked {
        int bytes; // that were not acked before
        int packets; // likewise
        long sampleNanos; // round trip, 0 = no sample
        boolean congested; // a loss that had not been counted
        int probePassed; // size of a datagram, 0 = none
        int probeLost;
    }

    /**
     * @param seq number of the first packet
     */
    SendWindow(int seq) {
        first = seq;
        unsent = seq;
        end = seq;
    }

    int nextSeq() {
        return end;
    }

    int flightBytes() {
        return flightBytes;
    }

    int queuedBytes() {
        return queuedBytes;
    }

    /** Memory that the packets take. */
    long heldBytes() {
        return heldBytes;
    }

    boolean inFlight() {
        return flightPackets > 0;
    }

    boolean isEmpty() {
        return first == end;
    }

    boolean isFull() {
        return Seq.distance(first, end) >= MAX_PACKETS;
    }

    /**
     * Whether an ack can be true: of what was sent, and not older than the last one by much.
     *
     * @param echo it may also repeat the number of our last ack, which is that of the next packet
     */
    boolean plausible(int ack, boolean echo) {
        int ahead = Seq.distance(first, ack); // -1: nothing new
        int sent = Seq.distance(first, unsent);
        return ahead < sent + (echo ? 1 : 0) && ahead >= -MAX_PACKETS;
    }

    /** Whether a packet with this ack is no older than what we know already. */
    boolean isCurrent(int ack) {
        return Seq.distance(first, ack) >= -1;
    }

    // ---- filling

    OutPacket append(Header.Type type, PacketMemory memory) {
        if (Seq.distance(first, end) == slots.length) {
            grow();
        }
        heldBytes += memory.cost();
        OutPacket packet = new OutPacket(type, end, memory);
        slots[end & slots.length - 1] = packet;
        end = Seq.plus(end, 1);
        return packet;
    }

    /** The last packet when it was not sent yet and can take more, otherwise null. */
    @Nullable OutPacket open() {
        if (unsent == end) {
            return null;
        }
        OutPacket last = slot(Seq.plus(end, -1));
        return last != null && last.type == Header.Type.DATA && last.bytes.hasRemaining()
                ? last
                : null;
    }

    void filled(int bytes) {
        queuedBytes += bytes;
    }

    private void grow() {
        @Nullable OutPacket[] larger = new OutPacket[slots.length * 2];
        for (int seq = first; seq != end; seq = Seq.plus(seq, 1)) {
            larger[seq & larger.length - 1] = slot(seq);
        }
        slots = larger;
    }

    private @Nullable OutPacket slot(int seq) {
        return slots[seq & slots.length - 1];
    }

    // ---- sending

    /** What to send next: first what was lost, then what is new; null when there is nothing. */
    @Nullable OutPacket next() {
        if (lostPackets > 0) {
            int from = Seq.distance(first, firstLost) > 0 ? firstLost : first;
            for (int seq = from; seq != unsent; seq = Seq.plus(seq, 1)) {
                OutPacket packet = slot(seq);
                if (packet != null && packet.lost) {
                    firstLost = seq;
                    return packet;
                }
            }
        }
        return unsent == end ? null : slot(unsent);
    }

    void sent(OutPacket packet, long nowNanos) {
        if (packet.sendings++ == 0) {
            unsent = Seq.plus(unsent, 1);
            queuedBytes -= packet.payload();
        }
        if (packet.lost) {
            packet.lost = false;
            lostPackets--;
        }
        packet.sentNanos = nowNanos;
        packet.order = orders++;
        flightBytes += packet.payload();
        flightPackets++;
    }

    // ---- acks

    /**
     * Takes note of an ack that is {@link #plausible}.
     *
     * @param repeats whether the packet would be a sign of a gap if it told nothing new
     */
    Acked acked(Packet packet, boolean repeats, long nowNanos) {
        acked.bytes = 0;
        acked.packets = 0;
        acked.sampleNanos = 0;
        acked.congested = false;
        acked.probePassed = 0;
        acked.probeLost = 0;
        int ack = packet.header().ack();
        boolean newer = Seq.distance(first, ack) >= 0;
        for (int seq = first; Seq.distance(seq, ack) >= 0; seq = Seq.plus(seq, 1)) {
            arrived(slot(seq), nowNanos);
        }
        int bits = Math.min(packet.sackBits(), Seq.distance(ack, unsent) - 2);
        for (int bit = 0; bit < bits; bit++) {
            if (packet.sacks(bit)) {
                int seq = Seq.plus(ack, bit + 2);
                if (Seq.distance(first, seq) >= 0) {
                    arrived(slot(seq), nowNanos);
                }
            }
        }
        advance();
        if (newer || acked.packets > 0) {
            duplicates = 0;
        } else if (repeats && inFlight() && Seq.plus(ack, 1) == first) {
            duplicates++;
        }
        findLost();
        return acked;
    }

    private void arrived(@Nullable OutPacket packet, long nowNanos) {
        if (packet == null || packet.acked || packet.sendings == 0) {
            return;
        }
        if (packet.lost) {
            packet.lost = false;
            lostPackets--;
        } else {
            flightBytes -= packet.payload();
            flightPackets--;
        }
        packet.acked = true;
        acked.bytes += packet.payload();
        acked.packets++;
        if (packet.sendings == 1) {
            acked.sampleNanos = Math.max(1, nowNanos - packet.sentNanos);
        }
        if (packet.probeBytes > 0) {
            acked.probePassed = packet.probeBytes;
        }
        ackedOrder = Math.max(ackedOrder, packet.order);
        heldBytes -= packet.release();
    }

    private void advance() {
        while (first != unsent) {
            OutPacket packet = slot(first);
            if (packet != null && !packet.acked) {
                return;
            }
            slots[first & slots.length - 1] = null;
            first = Seq.plus(first, 1);
        }
    }

    private void findLost() {
        OutPacket oldest = unsent == first ? null : slot(first);
        if (oldest != null && oldest.inFlight() && duplicates == REORDERING) {
            duplicates = 0; // the other side does not tell what it has
            lose(oldest);
        }
        // Sendings are in the order of packets but for those that were repeated.
        for (int seq = first; seq != unsent; seq = Seq.plus(seq, 1)) {
            OutPacket packet = slot(seq);
            if (packet == null || !packet.inFlight()) {
                continue;
            }
            if (packet.order + REORDERING <= ackedOrder) {
                lose(packet);
            } else if (packet.sendings == 1) {
                return;
            }
        }
    }

    private void lose(OutPacket packet) {
        if (lostPackets == 0 || Seq.distance(packet.seq, firstLost) > 0) {
            firstLost = packet.seq;
        }
        packet.lost = true;
        lostPackets++;
        flightBytes -= packet.payload();
        flightPackets--;
        if (packet.probeBytes > 0) {
            acked.probeLost = packet.probeBytes;
            packet.probeBytes = 0;
        } else if (packet.order > forgivenOrder) {
            acked.congested = true;
            forgivenOrder = orders - 1;
        }
    }

    /**
     * No ack came in time: everything that is under way counts as lost.
     *
     * @return how many packets, and whether one tried out a size
     */
    Acked timedOut() {
        return loseSince(0);
    }

    /** The other side has no room any more. */
    void closes() {
        closedOrder = orders;
    }

    /**
     * It has room again: what was sent meanwhile, to look at it, was refused. What had been sent
     * before found room.
     *
     * @return how many packets, and whether one tried out a size
     */
    Acked opens() {
        return loseSince(closedOrder);
    }

    private Acked loseSince(long order) {
        acked.packets = 0;
        acked.probeLost = 0;
        for (int seq = first; seq != unsent; seq = Seq.plus(seq, 1)) {
            OutPacket packet = slot(seq);
            if (packet != null && packet.inFlight() && packet.order >= order) {
                lose(packet);
                acked.packets++;
            }
        }
        forgivenOrder = orders - 1;
        return acked;
    }

    void release() {
        for (int seq = first; seq != end; seq = Seq.plus(seq, 1)) {
            OutPacket packet = slot(seq);
            if (packet != null) {
                packet.release();
            }
        }
        first = end;
        unsent = end;
        flightBytes = 0;
        flightPackets = 0;
        queuedBytes = 0;
        lostPackets = 0;
        heldBytes = 0;
    }
}
