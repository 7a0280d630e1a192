package org.bittern.spi.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A byte stream to a peer. Owned by its {@link #loop}: unless it says otherwise, a method may be
 * called only there. Reading and writing never block.
 */
@ProviderType
public interface Connection {

    /** The owner. Any thread. */
    EventLoop loop();

    /** Any thread. */
    InetSocketAddress remote();

    /** Any thread. */
    InetSocketAddress local();

    /** {@code tcp} or {@code utp}. Any thread. */
    String transport();

    /** True when {@link #transferFrom} copies no bytes through this process. Any thread. */
    boolean zeroCopy();

    /** Begins to watch the connection, or hands it to another handler. */
    void start(Handler handler);

    /**
     * Moves the connection to another loop. From this call on it must not be used here; {@code
     * arrived} runs on the new owner.
     */
    void moveTo(EventLoop target, Runnable arrived);

    /**
     * Reads what is there.
     *
     * @return bytes read, 0 when nothing is there, -1 at the end of the stream
     */
    long read(ByteBuffer[] targets, int offset, int length) throws IOException;

    /**
     * Writes what the transport takes.
     *
     * @return bytes written, 0 when it takes nothing now
     */
    long write(ByteBuffer[] sources, int offset, int length) throws IOException;

    /**
     * Writes bytes of a file.
     *
     * @param count bytes, 1 or more
     * @return bytes written, 0 when the transport takes nothing now
     * @throws IOException also when the file is shorter
     */
    long transferFrom(FileChannel file, long position, long count) throws IOException;

    /** Whether {@link Handler#readable} is called; true after {@link #start}. */
    void readInterest(boolean wanted);

    /** Whether {@link Handler#writable} is called; false after {@link #start}. */
    void writeInterest(boolean wanted);

    /** Closes; no method of the handler is called any more. Idempotent. */
    void close();

    /** Who reacts to a connection. Called on the connection's loop. */
    interface Handler {
        /** Something can be read, or the end of the stream or an error will be found by reading. */
        void readable();

        /** Something can be written. */
        void writable();

        /** The transport broke. The connection is closed. */
        void broken(IOException reason);
    }
}
