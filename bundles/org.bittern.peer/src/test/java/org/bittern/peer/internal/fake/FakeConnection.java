package org.bittern.peer.internal.fake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;

/** One end of a connection; the other end is the test, or another of its kind. */
public final class FakeConnection implements Connection {
    private final InetSocketAddress remote;
    private FakeLoop loop;
    private @Nullable Handler handler;
    private boolean readWanted;
    private boolean writeWanted;
    private boolean closed;
    private boolean ended; // the other end closed
    private byte[] arrived = new byte[0];
    private int read;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private Consumer<byte[]> wire = bytes -> {};
    private Runnable hangUp = () -> {};
    private int readable = Integer.MAX_VALUE; // bytes that one read gives at most
    private boolean closeFails;
    private long writable = Long.MAX_VALUE; // bytes that the transport still takes
    private int reads;
    private int writes;

    public FakeConnection(FakeLoop loop) {
        this(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_001));
    }

    public FakeConnection(FakeLoop loop, InetSocketAddress remote) {
        this.loop = loop;
        this.remote = remote;
        loop.add(this);
    }

    /** Joins two ends. */
    public static void join(FakeConnection one, FakeConnection other) {
        one.wire = other::receive;
        other.wire = one::receive;
        one.hangUp = other::end;
        other.hangUp = one::end;
    }

    /** Bytes arrive. */
    public void receive(byte[] bytes) {
        byte[] all = new byte[arrived.length - read + bytes.length];
        System.arraycopy(arrived, read, all, 0, arrived.length - read);
        System.arraycopy(bytes, 0, all, arrived.length - read, bytes.length);
        arrived = all;
        read = 0;
    }

    /** The other end closes after what has arrived. */
    public void end() {
        ended = true;
    }

    /** Everything that was written since the last call. */
    public byte[] takeSent() {
        byte[] bytes = sent.toByteArray();
        sent.reset();
        return bytes;
    }

    public void readAtMost(int bytes) {
        readable = bytes;
    }

    public void writeAtMost(long bytes) {
        writable = bytes;
    }

    /** Closing throws, for want of something. */
    public void failToClose() {
        closeFails = true;
    }

    public boolean closed() {
        return closed;
    }

    public boolean readWanted() {
        return readWanted;
    }

    public boolean writeWanted() {
        return writeWanted;
    }

    /** Bytes that have arrived and were not read. */
    public int unread() {
        return arrived.length - read;
    }

    public int reads() {
        return reads;
    }

    public int writes() {
        return writes;
    }

    boolean poll() {
        boolean busy = false;
        if (handler != null && readWanted && !closed && (unread() > 0 || ended)) {
            handler.readable();
            busy = true;
        }
        if (handler != null && writeWanted && !closed && writable > 0) {
            handler.writable();
            busy = true;
        }
        return busy;
    }

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
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
    }

    @Override
    public String transport() {
        return "tcp";
    }

    @Override
    public boolean zeroCopy() {
        return true;
    }

    @Override
    public void start(Handler next) {
        handler = next;
        readWanted = true;
        writeWanted = false;
    }

    @Override
    public void moveTo(EventLoop target, Runnable done) {
        loop.remove(this);
        handler = null;
        loop = (FakeLoop) target;
        loop.execute(() -> {
            loop.add(this);
            done.run();
        });
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        reads++;
        if (unread() == 0 && ended) {
            return -1;
        }
        int left = Math.min(readable, unread());
        int total = left;
        for (int i = offset; i < offset + length && left > 0; i++) {
            int bytes = Math.min(left, targets[i].remaining());
            targets[i].put(arrived, read, bytes);
            read += bytes;
            left -= bytes;
        }
        return (long) total - left;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        writes++;
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            byte[] bytes = new byte[(int) Math.min(writable, sources[i].remaining())];
            sources[i].get(bytes);
            writable -= writable == Long.MAX_VALUE ? 0 : bytes.length;
            total += bytes.length;
            sent.writeBytes(bytes);
            wire.accept(bytes);
        }
        return total;
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, writable));
        file.read(bytes, position);
        return write(new ByteBuffer[] {bytes.flip()}, 0, 1);
    }

    @Override
    public void readInterest(boolean wanted) {
        readWanted = wanted;
    }

    @Override
    public void writeInterest(boolean wanted) {
        writeWanted = wanted;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            handler = null;
            loop.remove(this);
            hangUp.run();
            if (closeFails) {
                throw new IllegalStateException("as tested");
            }
        }
    }
}
