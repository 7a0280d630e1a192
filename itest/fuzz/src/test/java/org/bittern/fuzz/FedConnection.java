package org.bittern.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose other end is an input: what is fed can be read here, what is written is kept.
 * Owned by its loop; what feeds it stands outside of all loops.
 */
public final class FedConnection implements Connection {
    private static final InetSocketAddress LOCAL =
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 6_881);

    private final InetSocketAddress remote;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private EventLoop loop;
    private ByteBuffer waiting = ByteBuffer.allocate(0);
    private @Nullable Handler handler; // null before start and once it is closed
    private boolean readWanted;
    private boolean writeWanted;
    private boolean ended; // by the other end
    private boolean closed;
    private boolean serving;

    public FedConnection(EventLoop loop, InetSocketAddress remote) {
        this.loop = loop;
        this.remote = remote;
    }

    // ---- the other end

    /** The other end sends something. */
    public void feed(byte[] bytes) {
        loop.execute(() -> {
            ByteBuffer more = ByteBuffer.allocate(waiting.remaining() + bytes.length);
            waiting = more.put(waiting).put(bytes).flip();
            serveSoon();
        });
    }

    /** The other end closes. */
    public void end() {
        loop.execute(() -> {
            ended = true;
            serveSoon();
        });
    }

    /** All that was written to the other end so far. */
    public byte[] written() {
        return written.toByteArray();
    }

    public boolean closed() {
        return closed;
    }

    private void serveSoon() {
        if (!serving && !closed && handler != null && (isReadable() || writeWanted)) {
            serving = true;
            loop.schedule(0, this::serve);
        }
    }

    private boolean isReadable() {
        return readWanted && (ended || waiting.hasRemaining());
    }

    private void serve() {
        serving = false;
        Handler reader = handler;
        if (reader != null && loop.inLoop() && isReadable()) {
            reader.readable();
        }
        Handler writer = handler;
        if (writer != null && loop.inLoop() && writeWanted) {
            writer.writable();
        }
        serveSoon();
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
        return LOCAL;
    }

    @Override
    public String transport() {
        return "tcp";
    }

    @Override
    public boolean zeroCopy() {
        return false;
    }

    @Override
    public void start(Handler next) {
        loop.assertOwner();
        handler = next;
        readWanted = true;
        writeWanted = false;
        serveSoon();
    }

    @Override
    public void moveTo(EventLoop target, Runnable arrived) {
        loop.assertOwner();
        loop = target;
        target.execute(() -> {
            arrived.run();
            serveSoon();
        });
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        checkOpen();
        long bytes = 0;
        for (int i = offset; i < offset + length; i++) {
            int count = Math.min(targets[i].remaining(), waiting.remaining());
            targets[i].put(waiting.slice(waiting.position(), count));
            waiting.position(waiting.position() + count);
            bytes += count;
        }
        return bytes == 0 && ended ? -1 : bytes;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        checkOpen();
        long bytes = 0;
        for (int i = offset; i < offset + length; i++) {
            byte[] taken = new byte[sources[i].remaining()];
            sources[i].get(taken);
            written.writeBytes(taken);
            bytes += taken.length;
        }
        return bytes;
    }

    private void checkOpen() throws IOException {
        loop.assertOwner();
        if (closed) {
            throw new IOException("closed here");
        }
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        throw new IOException("there are no files");
    }

    @Override
    public void readInterest(boolean wanted) {
        loop.assertOwner();
        readWanted = wanted;
        serveSoon();
    }

    @Override
    public void writeInterest(boolean wanted) {
        loop.assertOwner();
        writeWanted = wanted;
        serveSoon();
    }

    @Override
    public void close() {
        loop.assertOwner();
        closed = true;
        handler = null;
    }
}
