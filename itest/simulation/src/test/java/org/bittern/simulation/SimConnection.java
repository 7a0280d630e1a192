package org.bittern.simulation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.zip.CRC32;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;
import org.jspecify.annotations.Nullable;

/**
 * One end of a stream. What is written waits for the line of the host, travels, and waits to be
 * read; no more than a window of bytes is under way, so a reader that stops makes the writer stop.
 */
final class SimConnection implements Connection {
    /** Bytes that take their turn on the line at once. */
    private static final int SEGMENT = 4 << 10;

    private final SimHost host;
    private final VirtualTime time;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final ArrayDeque<byte[]> outbox = new ArrayDeque<>();
    private final ArrayDeque<ByteBuffer> inbox = new ArrayDeque<>();
    private @Nullable SimConnection other; // null until joined
    private VirtualLoop loop;
    private @Nullable Handler handler; // null until started
    private boolean moving;
    private boolean readInterest;
    private boolean writeInterest;
    private boolean serving; // a turn for the handler is planned
    private boolean queued; // waits for the line
    private boolean ended; // closed here; the end is in the outbox or out
    private boolean endSent;
    private boolean endReceived;
    private @Nullable IOException error; // null unless the connection broke
    private int unread; // bytes that the other side has not read
    private long lastArrivalNanos;

    SimConnection(
            SimHost host, VirtualLoop loop, InetSocketAddress local, InetSocketAddress remote) {
        this.host = host;
        this.loop = loop;
        this.local = local;
        this.remote = remote;
        time = host.network().time();
        host.joined(this);
    }

    static void join(SimConnection one, SimConnection another) {
        one.other = another;
        another.other = one;
    }

    private SimConnection other() {
        SimConnection end = other;
        if (end == null) {
            throw new IllegalStateException("not joined");
        }
        return end;
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
        return local;
    }

    @Override
    public String transport() {
        return SimTransport.TCP;
    }

    @Override
    public boolean zeroCopy() {
        return false;
    }

    @Override
    public void start(Handler next) {
        loop.assertOwner();
        handler = next;
        readInterest = true;
        writeInterest = false;
        serveSoon();
    }

    @Override
    public void moveTo(EventLoop target, Runnable arrived) {
        loop.assertOwner();
        moving = true;
        loop = (VirtualLoop) target;
        target.execute(() -> {
            moving = false;
            arrived.run();
            serveSoon();
        });
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        loop.assertOwner();
        check();
        int bytes = 0;
        for (int i = offset; i < offset + length; i++) {
            while (targets[i].hasRemaining() && !inbox.isEmpty()) {
                ByteBuffer first = inbox.getFirst();
                int count = Math.min(first.remaining(), targets[i].remaining());
                targets[i].put(first.slice(first.position(), count));
                first.position(first.position() + count);
                bytes += count;
                if (!first.hasRemaining()) {
                    inbox.removeFirst();
                }
            }
        }
        if (bytes == 0) {
            return endReceived && inbox.isEmpty() && room(targets, offset, length) ? -1 : 0;
        }
        acknowledge(bytes);
        return bytes;
    }

    private static boolean room(ByteBuffer[] targets, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    private void acknowledge(int bytes) {
        SimConnection writer = other();
        time.after(
                host.network().latency(host, writer.host),
                () -> {
                    writer.unread -= bytes;
                    writer.serveSoon();
                });
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        loop.assertOwner();
        check();
        int bytes = 0;
        for (int i = offset; i < offset + length; i++) {
            int count = Math.min(sources[i].remaining(), host.window() - unread);
            if (count > 0) {
                bytes += count;
                push(sources[i], count);
            }
        }
        return bytes;
    }

    private void push(ByteBuffer source, int count) {
        unread += count;
        for (int left = count; left > 0; ) {
            byte[] part = new byte[Math.min(left, SEGMENT)];
            source.get(part);
            outbox.add(part);
            left -= part.length;
        }
        send();
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        throw new IOException("simulated disks have no files");
    }

    @Override
    public void readInterest(boolean wanted) {
        loop.assertOwner();
        readInterest = wanted;
        serveSoon();
    }

    @Override
    public void writeInterest(boolean wanted) {
        loop.assertOwner();
        writeInterest = wanted;
        serveSoon();
    }

    @Override
    public void close() {
        loop.assertOwner();
        end();
    }

    private void end() {
        if (!ended) {
            ended = true;
            handler = null;
            inbox.clear();
            host.left(this);
            send();
        }
    }

    private void check() throws IOException {
        if (ended) {
            throw new IOException("closed here");
        }
        IOException broken = error;
        if (broken != null) {
            throw broken;
        }
    }

    // ---- sending

    private void send() {
        if (!queued && hasMore()) {
            queued = true;
            host.wantsToSend(this);
        }
    }

    /** Whether something waits for the line. */
    boolean hasMore() {
        return error == null && (!outbox.isEmpty() || (ended && !endSent));
    }

    /** Nothing waits any more. */
    void lineFree() {
        queued = false;
        send();
    }

    /** The next bytes for the line, or the end of the stream. */
    SimHost.Segment nextSegment() {
        byte[] bytes = outbox.poll();
        boolean last = bytes == null && ended;
        endSent |= last;
        return new Travelling(bytes == null ? new byte[0] : bytes, last);
    }

    /** A segment between two hosts. */
    private final class Travelling implements SimHost.Segment {
        private final byte[] bytes;
        private final boolean last;

        Travelling(byte[] bytes, boolean last) {
            this.bytes = bytes;
            this.last = last;
        }

        @Override
        public int length() {
            return bytes.length;
        }

        @Override
        public void departed() {
            if (bytes.length == 0 && !last) {
                return; // withdrawn: the connection broke while it waited for the line
            }
            SimConnection to = other();
            SimNetwork network = host.network();
            if (network.cutOff(host, to.host)) {
                host.hold(this::departed);
                return;
            }
            long travel = network.latency(host, to.host);
            while (network.loses()) {
                travel += SimNetwork.RETRANSMISSION_NANOS;
            }
            // In order: nothing overtakes a segment that was lost.
            long arrival = Math.max(time.nanoTime() + travel, to.lastArrivalNanos);
            to.lastArrivalNanos = arrival;
            time.after(arrival - time.nanoTime(), () -> arrived(to));
        }

        private void arrived(SimConnection to) {
            time.after(to.host.downDelay(bytes.length), () -> to.receive(bytes, last));
        }
    }

    private void receive(byte[] bytes, boolean last) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        time.trace(crc.getValue());
        if (ended) {
            // Nobody is there to read it: the other side is told, as TCP does.
            if (!last) {
                reset(other());
            }
            return;
        }
        if (last) {
            endReceived = true;
        } else {
            inbox.add(ByteBuffer.wrap(bytes));
        }
        serveSoon();
    }

    private void reset(SimConnection end) {
        if (host.network().cutOff(host, end.host)) {
            return; // nobody hears of it
        }
        time.after(
                host.network().latency(host, end.host),
                () -> end.breakDown(new IOException("connection reset by peer")));
    }

    private void breakDown(IOException reason) {
        if (error == null && !ended) {
            error = reason;
            outbox.clear();
            serveSoon();
        }
    }

    /**
     * The process on this side is gone.
     *
     * @param tell the kernel lives and resets the connection
     */
    void abort(boolean tell) {
        outbox.clear();
        endSent = true;
        end();
        if (tell) {
            reset(other());
        }
    }

    // ---- readiness

    private boolean readable() {
        return readInterest && (!inbox.isEmpty() || endReceived || error != null);
    }

    private boolean writable() {
        return writeInterest && (error != null || host.window() - unread >= host.window() / 4);
    }

    private void serveSoon() {
        if (!serving && !moving && handler != null && !loop.dead() && (readable() || writable())) {
            serving = true;
            loop.schedule(0, this::serve);
        }
    }

    private void serve() {
        serving = false;
        Handler reader = handler;
        if (reader != null && !moving && loop.inLoop() && readable()) {
            reader.readable();
        }
        Handler writer = handler;
        if (writer != null && !moving && loop.inLoop() && writable()) {
            writer.writable();
        }
        serveSoon();
    }
}
