package org.bittern.utp.internal;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.BufferPool;
import org.jspecify.annotations.Nullable;

/**
 * What a stream sends and how much of it at a time: the window of the other side, that of
 * congestion control, packets that get lost. Owned by its stream.
 */
final class Outflow {
    /** So many waits without an ack, each twice as long, and a silence: the other side is gone. */
    static final int MAX_TIMEOUTS = 7;

    static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(30);

    /**
     * Who said that it takes no more may be silent for so long: libtorrent drops what looks at its
     * closed window without a word.
     */
    static final long CLOSED_WINDOW_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** After so many waits without an ack the size of packets is under suspicion. */
    static final int SUSPICIOUS_TIMEOUTS = 2;

    /** A closed window is looked at after so long: the packet that opened it may be lost. */
    static final long WINDOW_PROBE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * So many packets at least make up the window once they are larger than those of Ethernet: few
     * large ones would fill a queue in leaps, and hardly ever would three follow one that is lost.
     */
    private static final int PACKETS = 32;

    /** Memory of a packet that is not going to be full. */
    private static final int SMALL_BYTES = 4_096;

    private final BufferPool pool;
    private final MemoryBudget budget;
    private final MtuSearch mtu;
    private final SendWindow window;
    private final RoundTrip roundTrip = new RoundTrip();
    private final Ledbat congestion;
    private int peerWindow;
    private long heardNanos;
    private long timeoutNanos; // only meaningful while something is in flight
    private boolean blocked; // by the other side's window, with nothing in flight
    private long blockedUntilNanos;
    private boolean starved; // of memory, until something is heard of what is under way

    /**
     * @param seq number of the first packet
     */
    Outflow(Stream.Surroundings surroundings, int seq, int peerWindow, long nowNanos) {
        pool = surroundings.pool();
        budget = surroundings.budget();
        mtu = new MtuSearch(surroundings.v6());
        window = new SendWindow(seq);
        congestion = new Ledbat(mtu.datagramBytes() - Header.BYTES);
        this.peerWindow = peerWindow;
        heardNanos = nowNanos;
    }

    int nextSeq() {
        return window.nextSeq();
    }

    MtuSearch mtu() {
        return mtu;
    }

    int flightBytes() {
        return window.flightBytes();
    }

    /** Whether everything was acked. */
    boolean isEmpty() {
        return window.isEmpty();
    }

    boolean plausible(Header header) {
        return window.plausible(header.ack(), header.type() == Header.Type.RESET);
    }

    private int fullPayload() {
        return fullDatagram() - Header.BYTES;
    }

    private int fullDatagram() {
        int most = mtu.datagramBytes();
        return most <= MtuSearch.ETHERNET_BYTES
                ? most
                : Math.clamp(congestion.window() / PACKETS, MtuSearch.ETHERNET_BYTES, most);
    }

    // ---- filling

    /** A packet without payload. */
    void append(Header.Type type) {
        window.append(type, PacketMemory.force(pool, budget, Header.BYTES));
    }

    /**
     * Bytes that may be written. Small gaps are not filled, that would make small packets; but one
     * packet may always wait, and looks at a closed window.
     */
    int room(int wanted) {
        int waiting = window.flightBytes() + window.queuedBytes();
        int full = fullPayload();
        int least = Math.min(congestion.window(), peerWindow);
        if (waiting == 0) {
            return least == 0 ? full : Math.max(Math.min(full, peerWindow), least);
        }
        int room = least - waiting;
        if (room < full) {
            return room >= wanted ? room : 0;
        }
        return wanted <= room ? room : room - room % full;
    }

    /** Takes what may be sent now, and no more. */
    int write(ByteBuffer[] sources, int offset, int length) {
        int wanted = 0;
        for (int i = offset; i < offset + length; i++) {
            wanted += sources[i].remaining();
        }
        int room = Math.min(wanted, room(wanted));
        int left = room;
        for (int i = offset; i < offset + length; i++) {
            while (sources[i].hasRemaining() && left > 0) {
                OutPacket packet = packetFor(left);
                if (packet == null) {
                    return room - left;
                }
                left -= fill(packet, sources[i], left);
            }
        }
        return room - left;
    }

    private @Nullable OutPacket packetFor(int bytes) {
        OutPacket open = window.open();
        if (open != null) {
            return open;
        }
        starved = window.isFull();
        if (starved) {
            return null;
        }
        int size = Math.min(fullDatagram(), Math.max(SMALL_BYTES, Header.BYTES + bytes));
        PacketMemory memory =
                window.isEmpty()
                        ? PacketMemory.force(pool, budget, size)
                        : PacketMemory.take(pool, budget, size, window.heldBytes());
        starved = memory == null;
        return memory == null ? null : window.append(Header.Type.DATA, memory);
    }

    /** Whether it is in vain to write again before something is heard, or waited for too long. */
    boolean isStarved() {
        return starved;
    }

    private int fill(OutPacket packet, ByteBuffer source, int most) {
        ByteBuffer to = packet.bytes;
        int bytes = Math.min(most, Math.min(source.remaining(), to.remaining()));
        to.put(to.position(), source, source.position(), bytes);
        to.position(to.position() + bytes);
        source.position(source.position() + bytes);
        window.filled(bytes);
        return bytes;
    }

    // ---- sending

    /** What may be sent now; null when there is nothing. */
    @Nullable OutPacket next(long nowNanos) {
        OutPacket packet = window.next();
        if (packet == null) {
            blocked = false;
            return null;
        }
        int after = window.flightBytes() + packet.payload();
        boolean allowed = after <= peerWindow || packet.lost || packet.payload() == 0;
        if (window.inFlight()) {
            return allowed && after <= congestion.window() ? packet : null;
        }
        if (allowed || (blocked && nowNanos - blockedUntilNanos >= 0)) {
            blocked = false;
            return packet;
        }
        if (!blocked) {
            blocked = true;
            blockedUntilNanos = nowNanos + WINDOW_PROBE_NANOS;
        }
        return null;
    }

    /** The size that a packet is to try out; 0 = none. */
    int probe(OutPacket packet, long nowNanos) {
        // Bulk data only: of a lost greeting nobody would notice for a second.
        if (packet.type != Header.Type.DATA
                || packet.sendings > 0
                || packet.payload() < Math.min(fullPayload(), SMALL_BYTES - Header.BYTES)) {
            return 0;
        }
        int size = mtu.next(nowNanos);
        return size <= congestion.window() / PACKETS ? size : 0;
    }

    /**
     * A packet was sent.
     *
     * @param probeBytes size that it tries out, 0 = none
     */
    void sent(OutPacket packet, int probeBytes, long nowNanos) {
        if (!window.inFlight()) {
            timeoutNanos = nowNanos + roundTrip.timeoutNanos();
        }
        if (probeBytes > 0) {
            packet.probeBytes = probeBytes;
            mtu.probing(probeBytes);
        }
        window.sent(packet, nowNanos);
    }

    // ---- acks

    /** The other side says what it has and how much more it takes. */
    void heard(Packet packet, Delays delays, long nowNanos) {
        Header header = packet.header();
        heardNanos = nowNanos;
        starved = false;
        boolean repeats =
                header.type() == Header.Type.STATE
                        && packet.sack() == null
                        && header.window() == peerWindow;
        if (window.isCurrent(header.ack())) {
            boolean wasClosed = peerWindow < fullPayload();
            boolean closed = header.window() < fullPayload();
            peerWindow = header.window();
            if (closed && !wasClosed) {
                window.closes();
            } else if (wasClosed && !closed) {
                lost(window.opens(), nowNanos);
                roundTrip.progress();
            }
        }
        int before = window.flightBytes();
        SendWindow.Acked acked = window.acked(packet, repeats, nowNanos);
        if (acked.packets > 0) {
            roundTrip.progress();
            if (acked.sampleNanos > 0) {
                roundTrip.sample(acked.sampleNanos);
            }
            timeoutNanos = nowNanos + roundTrip.timeoutNanos();
        }
        if (header.difference() != 0) {
            delays.told(header.difference(), roundTrip.averageNanos(), nowNanos);
        }
        if (acked.probePassed > 0) {
            mtu.passed(acked.probePassed);
        }
        if (acked.probeLost > 0) {
            mtu.lost(acked.probeLost, nowNanos);
        }
        if (acked.congested) {
            congestion.lost(fullPayload());
        } else if (acked.bytes > 0) {
            boolean limited = before + fullPayload() > congestion.window();
            congestion.acked(acked.bytes, delays.queueMicros(), fullPayload(), limited);
        }
    }

    /**
     * Looks whether an ack is overdue.
     *
     * @return false when the other side is gone
     */
    boolean checkTimeout(long nowNanos) {
        if (!window.inFlight() || nowNanos - timeoutNanos < 0) {
            return true;
        }
        starved = false;
        boolean first = roundTrip.timeouts() == 0;
        roundTrip.timedOut();
        long dead = peerWindow < fullPayload() ? CLOSED_WINDOW_NANOS : DEAD_NANOS;
        if (roundTrip.timeouts() >= MAX_TIMEOUTS && nowNanos - heardNanos >= dead) {
            return false;
        }
        SendWindow.Acked lost = lost(window.timedOut(), nowNanos);
        if (first && (lost.probeLost == 0 || lost.packets > 1)) {
            congestion.timedOut(fullPayload());
        }
        if (roundTrip.timeouts() == SUSPICIOUS_TIMEOUTS) {
            mtu.blackHole();
        }
        return true;
    }

    private SendWindow.Acked lost(SendWindow.Acked lost, long nowNanos) {
        if (lost.probeLost > 0) {
            mtu.lost(lost.probeLost, nowNanos);
        }
        return lost;
    }

    /** Whether {@link #deadlineNanos} means something. */
    boolean hasDeadline() {
        return window.inFlight() || blocked;
    }

    /** When to look again. */
    long deadlineNanos() {
        return window.inFlight() ? timeoutNanos : blockedUntilNanos;
    }

    void release() {
        window.release();
    }
}
