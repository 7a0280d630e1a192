package org.bittern.net.internal;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection. Owned by the loop that {@link #loop} names.
 *
 * <p>Interest is a field that the end of the turn compares with what the selector knows: a link
 * that fills and drains its queue within a turn costs no call.
 */
final class TcpConnection implements Connection, Watched {
    private final SocketChannel channel;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private volatile SelectorLoop loop;
    private @Nullable SelectionKey key; // null before it arrives on its loop and once it is closed
    private @Nullable Handler handler; // null before start
    private int wantedOps;
    private boolean changePending;
    private boolean closed;

    /**
     * @param channel connected, not blocking; call {@link #arrive} on the loop
     */
    TcpConnection(SelectorLoop loop, SocketChannel channel) throws IOException {
        this(loop, channel, Sockets.inet(channel.getRemoteAddress()));
    }

    /**
     * @param remote the peer, also where the channel is connected with a proxy
     */
    TcpConnection(SelectorLoop loop, SocketChannel channel, InetSocketAddress remote)
            throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.remote = remote;
        local = Sockets.inet(channel.getLocalAddress());
    }

    /** Registers with the loop that now owns it. */
    void arrive() throws IOException {
        SelectorLoop owner = loop;
        owner.assertOwner();
        key = owner.register(channel, this);
        noteChange();
    }

    /** Takes over a key that watched the dial. */
    void adopt(SelectionKey dialled) {
        key = dialled;
        dialled.attach(this);
        dialled.interestOps(0);
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
        return local;
    }

    @Override
    public String transport() {
        return TcpTransport.TCP;
    }

    @Override
    public boolean zeroCopy() {
        return true;
    }

    @Override
    public void start(Handler next) {
        loop.assertOwner();
        handler = next;
        want(SelectionKey.OP_READ);
    }

    @Override
    public void moveTo(EventLoop target, Runnable arrived) {
        loop.assertOwner();
        SelectorLoop next = SelectorLoop.of(target);
        if (next == loop) {
            loop.execute(arrived);
            return;
        }
        SelectionKey old = key;
        if (old != null) {
            old.cancel();
            key = null;
        }
        changePending = false;
        loop = next;
        if (!next.executeIfAlive(() -> settle(arrived))) {
            Sockets.closeQuietly(channel);
        }
    }

    private void settle(Runnable arrived) {
        IOException failure = null;
        try {
            if (!closed) {
                arrive();
            }
        } catch (IOException e) {
            failure = e;
        }
        arrived.run();
        if (failure != null) {
            failed(failure);
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        loop.assertOwner();
        return length == 1 ? channel.read(targets[offset]) : channel.read(targets, offset, length);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        loop.assertOwner();
        return length == 1
                ? channel.write(sources[offset])
                : channel.write(sources, offset, length);
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        loop.assertOwner();
        long moved = file.transferTo(position, count, channel);
        // Zero has two causes; the size is asked for only when it decides.
        if (moved == 0 && position >= file.size()) {
            throw new EOFException(
                    "file of %d bytes has none at %d".formatted(file.size(), position));
        }
        return moved;
    }

    @Override
    public void readInterest(boolean wanted) {
        loop.assertOwner();
        want(wanted ? wantedOps | SelectionKey.OP_READ : wantedOps & ~SelectionKey.OP_READ);
    }

    @Override
    public void writeInterest(boolean wanted) {
        loop.assertOwner();
        want(wanted ? wantedOps | SelectionKey.OP_WRITE : wantedOps & ~SelectionKey.OP_WRITE);
    }

    @Override
    public void close() {
        loop.assertOwner();
        closed = true;
        handler = null;
        key = null;
        Sockets.closeQuietly(channel); // the key is cancelled with it, the next select frees both
    }

    @Override
    public void ready(int readyOps) {
        Handler reader = handler;
        if (reader != null && (readyOps & wantedOps & SelectionKey.OP_READ) != 0) {
            reader.readable();
        }
        // The reader may have moved the connection, closed it or handed it over.
        if ((readyOps & SelectionKey.OP_WRITE) == 0 || !loop.inLoop()) {
            return;
        }
        Handler writer = handler;
        if (writer != null && (wantedOps & SelectionKey.OP_WRITE) != 0) {
            writer.writable();
        }
    }

    @Override
    public void failed(IOException reason) {
        // Not ours any more when the handler moved it and then failed.
        if (loop.inLoop() && !closed) {
            Handler owner = handler;
            close();
            if (owner != null) {
                owner.broken(reason);
            }
        }
    }

    @Override
    public void applyInterest(SelectorLoop caller) {
        // Moved in this turn: the new owner does it, and its fields are its own.
        if (caller != loop || !changePending) {
            return;
        }
        SelectionKey current = key;
        if (current == null) {
            return;
        }
        changePending = false;
        try {
            if (current.interestOps() != wantedOps) {
                current.interestOps(wantedOps);
            }
        } catch (CancelledKeyException e) {
            failed(new IOException("the channel was closed", e));
        }
    }

    private void want(int ops) {
        wantedOps = ops;
        noteChange();
    }

    private void noteChange() {
        if (!changePending && key != null) {
            changePending = true;
            loop.interestChanged(this);
        }
    }
}
