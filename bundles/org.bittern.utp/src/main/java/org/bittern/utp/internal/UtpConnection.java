package org.bittern.utp.internal;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.function.Consumer;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.jspecify.annotations.Nullable;

/**
 * A uTP connection: its stream, its timer and its handler. Owned by the loop that {@link #loop}
 * names; packets come from the loop of the socket through an {@link Inbox}.
 *
 * <p>What a turn of the loop does is answered at its end: first the handler is called, then packets
 * are sent, so that an ack travels with what the handler has written.
 */
final class UtpConnection implements Connection, Wire {
    private static final int FILE_PART_BYTES = 1 << 14;

    private final Endpoint endpoint;
    private final InetSocketAddress remote;
    private final Stream stream;
    private final Inbox inbox;
    private final Alarm alarm = new Alarm(this::flush);
    private volatile EventLoop loop;
    private @Nullable PendingDial dial; // null unless it is being dialled
    private @Nullable Handler handler; // null before start and once it is closed
    private boolean readWanted;
    private boolean writeWanted;
    private boolean settling; // the handler is called at the end of the turn
    private boolean flushing; // packets are sent at the end of the turn
    private boolean closed; // by its user, or because it broke
    private boolean forgotten;

    private UtpConnection(
            Endpoint endpoint, EventLoop loop, InetSocketAddress remote, Beginning beginning) {
        this.endpoint = endpoint;
        this.loop = loop;
        this.remote = remote;
        inbox = new Inbox(this, endpoint);
        boolean v6 = remote.getAddress() instanceof Inet6Address;
        stream =
                beginning.of(
                        new Stream.Surroundings(this, loop.buffers(), endpoint.budget(), v6),
                        loop.nanoTime());
    }

    /** Makes the stream of a connection. */
    private interface Beginning {
        Stream of(Stream.Surroundings surroundings, long nowNanos);
    }

    /** A connection that is going to be dialled. */
    static UtpConnection dialling(
            Endpoint endpoint, EventLoop loop, InetSocketAddress remote, int id, int firstSeq) {
        return new UtpConnection(
                endpoint,
                loop,
                remote,
                (surroundings, now) -> Stream.dialling(surroundings, id, firstSeq, now));
    }

    /** A connection that the other side has dialled, on the loop of the socket. */
    static UtpConnection accepted(
            Endpoint endpoint, InetSocketAddress remote, Stream.Numbers numbers, int window) {
        return new UtpConnection(
                endpoint,
                endpoint.loop(),
                remote,
                (surroundings, now) -> Stream.accepted(surroundings, numbers, window, now));
    }

    Stream.Numbers numbers() {
        return stream.numbers();
    }

    Inbox inbox() {
        return inbox;
    }

    /** Sends the SYN; the handler hears of the outcome. On the loop. */
    void dial(long timeoutNanos, Transport.Dial outcome) {
        dial = new PendingDial(loop, timeoutNanos, outcome, () -> dialFailed("no answer in time"));
        flushLater();
    }

    private void dialFailed(String reason) {
        PendingDial waiting = dial;
        if (waiting != null) {
            dial = null;
            release();
            waiting.failed(reason);
        }
    }

    // ---- packets

    /** Takes packets. Called where the connection was when they came; it may have moved since. */
    void arrived(List<Inbox.Arrival> packets) {
        EventLoop owner = loop;
        if (!owner.inLoop()) {
            if (!Loops.handedTo(owner, () -> arrived(packets))) {
                packets.forEach(packet -> packet.memory().release());
            }
            return;
        }
        for (Inbox.Arrival arrival : packets) {
            Packet packet = Packet.parse(arrival.memory().bytes());
            if (packet != null) {
                stream.received(packet, arrival.memory(), arrival.nanos());
            }
            arrival.memory().release();
        }
        settleLater();
    }

    @Override
    public void send(ByteBuffer datagram) {
        endpoint.port().send(datagram, remote);
    }

    @Override
    public boolean sendUncut(ByteBuffer datagram) {
        return endpoint.port().sendUncut(datagram, remote);
    }

    // ---- the end of a turn

    private void settleLater() {
        if (!settling) {
            settling = true;
            loop.execute(this::settle);
        }
    }

    private void settle() {
        if (!loop.inLoop()) {
            return; // moved; it settles there
        }
        settling = false;
        if (forgotten) {
            return;
        }
        PendingDial waiting = dial;
        if (waiting != null && stream.state() == Stream.State.CONNECTED) {
            dial = null;
            waiting.connected(this);
        }
        if (readWanted && stream.readable()) {
            tell(Handler::readable);
        }
        if (loop.inLoop() && writeWanted && stream.writable()) {
            tell(Handler::writable);
        }
        if (loop.inLoop()) {
            flushLater();
        }
    }

    /** A handler that throws loses its connection; the exception goes on to the loop. */
    private void tell(Consumer<Handler> call) {
        Handler hearer = handler;
        if (hearer == null) {
            return;
        }
        boolean orderly = false;
        try {
            call.accept(hearer);
            orderly = true;
        } finally {
            if (!orderly && loop.inLoop() && !closed) {
                stream.reset("handler failed", loop.nanoTime());
                broke();
            }
        }
    }

    private void flushLater() {
        if (!flushing) {
            flushing = true;
            loop.execute(this::flush);
        }
    }

    private void flush() {
        if (!loop.inLoop()) {
            return;
        }
        flushing = false;
        if (forgotten) {
            return;
        }
        long now = loop.nanoTime();
        stream.flush(now);
        if (stream.state() == Stream.State.GONE) {
            broke();
            return;
        }
        alarm.within(loop, stream.waitNanos(now));
        if (handler != null
                && ((readWanted && stream.readable()) || (writeWanted && stream.writable()))) {
            settleLater();
        }
    }

    /** The stream has ended otherwise than by its user. */
    private void broke() {
        if (dial != null) {
            dialFailed(stream.failure());
            return;
        }
        Handler hearer = handler;
        release();
        if (hearer != null) {
            hearer.broken(new IOException(stream.failure()));
        }
    }

    /** Ends at once; the other side is told. Any thread. */
    void abort(String reason, Runnable done) {
        EventLoop owner = loop;
        boolean alive =
                Loops.handedTo(
                        owner,
                        () -> {
                            if (!owner.equals(loop)) {
                                abort(reason, done);
                                return;
                            }
                            stream.reset(reason, owner.nanoTime());
                            broke();
                            done.run();
                        });
        if (!alive) {
            done.run();
        }
    }

    private void release() {
        closed = true;
        handler = null;
        alarm.cancel();
        if (stream.state() != Stream.State.GONE) {
            stream.reset("", loop.nanoTime());
        }
        if (!forgotten) {
            forgotten = true;
            endpoint.forget(this);
        }
    }

    // ---- Connection

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public InetSocketAddress local() {
        return endpoint.local();
    }

    @Override
    public String transport() {
        return UtpTransport.UTP;
    }

    @Override
    public boolean zeroCopy() {
        return false;
    }

    @Override
    public void start(Handler next) {
        loop.assertOwner();
        if (forgotten) {
            loop.execute(() -> next.broken(new IOException(ending())));
            return;
        }
        handler = next;
        readWanted = true;
        writeWanted = false;
        settleLater();
    }

    @Override
    public void moveTo(EventLoop target, Runnable arrived) {
        loop.assertOwner();
        alarm.cancel();
        settling = false;
        flushing = false;
        loop = target;
        Loops.handedTo(
                target,
                () -> {
                    arrived.run();
                    if (loop.inLoop()) {
                        settleLater();
                    }
                });
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        loop.assertOwner();
        checkOpen();
        int bytes = stream.read(targets, offset, length);
        if (bytes > 0) {
            flushLater();
        }
        return bytes;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        loop.assertOwner();
        checkOpen();
        int bytes = stream.write(sources, offset, length);
        if (bytes > 0) {
            flushLater();
        }
        return bytes;
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, FILE_PART_BYTES));
        int read = file.read(bytes, position);
        if (read < 0) {
            throw new IOException(
                    "file of %d bytes has none at %d".formatted(file.size(), position));
        }
        return write(new ByteBuffer[] {bytes.flip()}, 0, 1);
    }

    private void checkOpen() throws IOException {
        if (closed || stream.state() == Stream.State.GONE) {
            throw new IOException(ending());
        }
    }

    private String ending() {
        return stream.failure().isEmpty() ? "the connection is closed" : stream.failure();
    }

    @Override
    public void readInterest(boolean wanted) {
        loop.assertOwner();
        readWanted = wanted;
        if (wanted) {
            settleLater();
        }
    }

    @Override
    public void writeInterest(boolean wanted) {
        loop.assertOwner();
        writeWanted = wanted;
        if (wanted) {
            settleLater();
        }
    }

    @Override
    public void close() {
        loop.assertOwner();
        if (closed) {
            return;
        }
        closed = true;
        handler = null;
        stream.close(loop.nanoTime());
        flushLater();
    }

    @Override
    public String toString() {
        return "uTP to " + remote;
    }
}
