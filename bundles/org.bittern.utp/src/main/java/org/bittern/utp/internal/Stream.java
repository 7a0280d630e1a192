package org.bittern.utp.internal;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.BufferPool;

/**
 * One side of a uTP connection: what it sends and when, what it makes of what comes (BEP 29). Knows
 * neither threads nor sockets; time is told with each call. Owned by its connection's loop.
 *
 * <p>Whoever calls {@link #received}, {@link #write}, {@link #read} or {@link #close} calls {@link
 * #flush} afterwards, once for many: packets and acks go out only there. {@link #waitNanos} says
 * when {@link #flush} is due without any of these.
 */
final class Stream {
    /** We say something after such a silence, lest address translators forget the connection. */
    static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(29);

    /** After {@link #close} what was written is still sent, and repeated, for so long. */
    static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A selective ack of everything that may be there. */
    private static final int MAX_SACK_BYTES = ReceiveWindow.MAX_AHEAD / Byte.SIZE;

    private static final int SACK_AT = Header.BYTES + 2;

    private final Surroundings surroundings;
    private final Numbers numbers;
    private final Outflow out;
    private final Delays delays = new Delays();
    private final AckClock acks = new AckClock();
    private ReceiveWindow in;
    private State state;
    private boolean said; // a packet was made that has to arrive
    private String failure = "";
    private int toldWindow = ReceiveWindow.WINDOW_BYTES;
    private long saidNanos;
    private long closedNanos; // only meaningful while closing

    /** Where a stream stands. */
    enum State {
        /** The SYN is not answered. */
        DIALLING,
        CONNECTED,
        /** Closed on this side; what was written is on its way. */
        CLOSING,
        /** Over. */
        GONE
    }

    /**
     * Where the packets of a stream go, and what they are made of.
     *
     * @param v6 they go over IPv6
     */
    record Surroundings(Wire wire, BufferPool pool, MemoryBudget budget, boolean v6) {}

    /**
     * How the packets of a stream are told from others.
     *
     * @param receiveId connection id of what we receive
     * @param sendId connection id of what we send; one apart from the other
     * @param firstSeq number of our first packet
     * @param lastReceived number of the packet before the other side's first one
     */
    record Numbers(int receiveId, int sendId, int firstSeq, int lastReceived) {}

    private Stream(
            Surroundings surroundings, Numbers numbers, State state, int window, long nowNanos) {
        this.surroundings = surroundings;
        this.numbers = numbers;
        this.state = state;
        out = new Outflow(surroundings, numbers.firstSeq, window, nowNanos);
        in = new ReceiveWindow(numbers.lastReceived);
        saidNanos = nowNanos;
    }

    /** Begins to dial; {@link #flush} sends the SYN. */
    static Stream dialling(Surroundings surroundings, int id, int firstSeq, long nowNanos) {
        Numbers numbers = new Numbers(id, Seq.plus(id, 1), firstSeq, 0);
        Stream stream = new Stream(surroundings, numbers, State.DIALLING, 0, nowNanos);
        stream.out.append(Header.Type.SYN);
        stream.said = true;
        return stream;
    }

    /**
     * The other side has dialled and proven its address.
     *
     * @param peerWindow bytes that it has room for
     */
    static Stream accepted(
            Surroundings surroundings, Numbers numbers, int peerWindow, long nowNanos) {
        return new Stream(surroundings, numbers, State.CONNECTED, peerWindow, nowNanos);
    }

    State state() {
        return state;
    }

    /** Why it is {@link State#GONE}; empty after an orderly end. */
    String failure() {
        return failure;
    }

    Numbers numbers() {
        return numbers;
    }

    Outflow out() {
        return out;
    }

    /** Whether {@link #read} has something to tell. */
    boolean readable() {
        return in.readableBytes() > 0 || in.ended();
    }

    /** Whether {@link #write} would take something. */
    boolean writable() {
        return state == State.CONNECTED && !out.isStarved() && out.room(Integer.MAX_VALUE) > 0;
    }

    // ---- receiving

    /**
     * Takes a packet.
     *
     * @param memory of its payload; a reference is added when it is kept
     */
    void received(Packet packet, PacketMemory memory, long arrivedNanos) {
        Header header = packet.header();
        // A SYN that comes now is a late copy of the first one.
        if (state == State.GONE || header.type() == Header.Type.SYN || !out.plausible(header)) {
            return;
        }
        if (header.type() == Header.Type.RESET) {
            gone(state == State.DIALLING ? "refused by the peer" : "reset by the peer");
            return;
        }
        if (state == State.DIALLING) {
            if (header.type() != Header.Type.STATE || Seq.plus(header.ack(), 1) != out.nextSeq()) {
                return;
            }
            state = State.CONNECTED;
            // Acks take no number: what comes first has that of this packet.
            in = new ReceiveWindow(Seq.plus(header.seq(), -1));
        }
        delays.arrived(header.timestamp(), arrivedNanos);
        out.heard(packet, delays, arrivedNanos);
        if (header.type() != Header.Type.STATE) {
            takeData(packet, memory, arrivedNanos);
        }
    }

    private void takeData(Packet packet, PacketMemory memory, long nowNanos) {
        boolean gap = in.hasGap();
        switch (in.take(packet.header(), packet.payload(), memory)) {
            case IN_ORDER -> {
                acks.inOrder(packet.payload().remaining(), nowNanos);
                if (gap || in.ended()) {
                    acks.urgent();
                }
            }
            // The other side must learn what is missing, or that it repeats itself in vain.
            case EARLY -> acks.gap();
            case REPEATED, REFUSED -> acks.urgent();
        }
    }

    /** Reads what is there in order; -1 at the end of the stream. */
    int read(ByteBuffer[] targets, int offset, int length) {
        if (in.ended() && in.readableBytes() == 0) {
            return -1;
        }
        int bytes = in.read(targets, offset, length);
        // The other side may wait for room; it hears of it when there is enough to be worth it.
        if (in.window() - toldWindow >= ReceiveWindow.WINDOW_BYTES / 2) {
            acks.urgent();
        }
        return bytes;
    }

    // ---- sending

    /** Takes what may be sent now, and no more. */
    int write(ByteBuffer[] sources, int offset, int length) {
        int taken = state == State.CONNECTED ? out.write(sources, offset, length) : 0;
        said |= taken > 0;
        return taken;
    }

    /** Nothing more is written or read; what was written is still sent. */
    void close(long nowNanos) {
        in.discard();
        if (state == State.CONNECTED && !said) {
            reset("", nowNanos); // nothing has to arrive
        } else if (state == State.CONNECTED) {
            state = State.CLOSING;
            closedNanos = nowNanos;
            out.append(Header.Type.FIN);
        } else if (state == State.DIALLING) {
            gone("");
        }
    }

    /** Ends at once and tells the other side. */
    void reset(String reason, long nowNanos) {
        if (state == State.CONNECTED || state == State.CLOSING) {
            sendAlone(Header.Type.RESET, nowNanos);
        }
        gone(reason);
    }

    /** Sends what may be sent, and acks that are due; gives up what takes too long. */
    void flush(long nowNanos) {
        if (state == State.GONE) {
            return;
        }
        if (!out.checkTimeout(nowNanos)) {
            reset("the peer does not answer", nowNanos);
            return;
        }
        for (OutPacket next = out.next(nowNanos); next != null; next = out.next(nowNanos)) {
            send(next, nowNanos);
        }
        if (state == State.DIALLING) {
            return;
        }
        if (acks.due(nowNanos) || nowNanos - saidNanos >= KEEP_ALIVE_NANOS) {
            sendAlone(Header.Type.STATE, nowNanos);
        }
        if (state == State.CLOSING) {
            if (out.isEmpty() && in.ended()) {
                gone("");
            } else if (nowNanos - closedNanos >= LINGER_NANOS) {
                reset("", nowNanos);
            }
        }
    }

    private void send(OutPacket packet, long nowNanos) {
        int probe = out.probe(packet, nowNanos);
        if (probe == 0 || !sendFilled(packet, probe, nowNanos)) {
            probe = 0;
            ByteBuffer datagram = packet.datagram();
            header(packet.type, 0, packet.seq, nowNanos).put(datagram);
            surroundings.wire.send(datagram.position(0));
        }
        out.sent(packet, probe, nowNanos);
        acks.saidWithData();
        saidNanos = nowNanos;
    }

    /** Sends a packet filled up to a size that is to be tried out. */
    private boolean sendFilled(OutPacket packet, int size, long nowNanos) {
        PacketMemory memory = PacketMemory.take(surroundings.pool, surroundings.budget, size);
        if (memory == null) {
            return false;
        }
        ByteBuffer datagram = memory.bytes();
        Header header = header(packet.type, Filling.KIND, packet.seq, nowNanos);
        boolean sent = false;
        if (Filling.put(header, packet.datagram().position(Header.BYTES), datagram)) {
            sent = surroundings.wire.sendUncut(datagram.flip());
            if (!sent) {
                out.mtu().tooLarge(size, nowNanos);
            }
        }
        memory.release();
        return sent;
    }

    /** A packet without payload and without a number of its own. */
    private void sendAlone(Header.Type type, long nowNanos) {
        ByteBuffer packet = ByteBuffer.allocate(SACK_AT + MAX_SACK_BYTES);
        int bits = type == Header.Type.STATE ? in.putSack(packet.position(SACK_AT)) : 0;
        packet.position(0);
        header(type, bits > 0 ? Packet.SELECTIVE_ACK : 0, out.nextSeq(), nowNanos).put(packet);
        if (bits > 0) {
            packet.put((byte) 0).put((byte) bits);
        }
        surroundings.wire.send(packet.position(0).limit(bits > 0 ? SACK_AT + bits : Header.BYTES));
        acks.said();
        saidNanos = nowNanos;
    }

    private Header header(Header.Type type, int extension, int seq, long nowNanos) {
        toldWindow = in.window();
        return new Header(
                type,
                extension,
                type == Header.Type.SYN ? numbers.receiveId : numbers.sendId,
                Delays.micros(nowNanos),
                delays.reply(),
                toldWindow,
                seq,
                in.last());
    }

    // ---- time

    /** When {@link #flush} is due again, in nanoseconds from now; 0 = at once. */
    long waitNanos(long nowNanos) {
        long wait = Math.max(0, saidNanos + KEEP_ALIVE_NANOS - nowNanos);
        if (out.hasDeadline()) {
            wait = Math.min(wait, out.deadlineNanos() - nowNanos);
        }
        if (acks.isWaiting()) {
            wait = Math.min(wait, acks.dueNanos() - nowNanos);
        }
        if (state == State.CLOSING) {
            wait = Math.min(wait, closedNanos + LINGER_NANOS - nowNanos);
        }
        return Math.max(0, wait);
    }

    private void gone(String reason) {
        if (state != State.GONE) {
            state = State.GONE;
            failure = reason;
            out.release();
            in.release();
        }
    }
}
