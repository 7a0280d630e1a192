package org.bittern.web;

import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * The connection that a request came by, for answers that take long: whether the client is still
 * there, how long it may be silent, and breaking it off. Used by the thread of the request; {@link
 * #abort} by any thread.
 *
 * <p>A server for HTTP/1.1 does not read while it answers, so it notices a client that has left
 * only when it writes. A watch asks the selector for the next readable moment instead: the end of
 * the stream is a client that has left. What else can come is the next request of a client that
 * sends several at once; it is handed to the server, which finds it where it would have read it.
 */
public final class ClientConnection implements AutoCloseable {
    private static final int READ_BYTES = 4096;

    private final EndPoint endPoint;
    private final Connection connection;
    private final long idleMillis;

    private ClientConnection(Connection connection) {
        this.connection = connection;
        endPoint = connection.getEndPoint();
        idleMillis = endPoint.getIdleTimeout();
    }

    /** The connection of a request that a servlet is answering. */
    public static ClientConnection of(ServletRequest request) {
        return new ClientConnection(
                ServletContextRequest.getServletContextRequest(request)
                        .getConnectionMetaData()
                        .getConnection());
    }

    /** How long nothing may move on the connection, until this is closed. */
    public void patience(Duration silence) {
        endPoint.setIdleTimeout(silence.toMillis());
    }

    /**
     * Notices when the client closes the connection, until the watch is closed. One at a time,
     * after the body of the request was read.
     *
     * @param gone called at most once, on a thread of the server; must return at once
     */
    public Watch watch(Runnable gone) {
        Reader reader = new Reader(gone);
        if (!endPoint.tryFillInterested(reader)) {
            return () -> {}; // the server reads itself: it will notice
        }
        return reader::end;
    }

    /** Breaks the connection off: the client sees that its answer is not whole. */
    public void abort() {
        endPoint.close();
    }

    /** Gives the connection back to the server. */
    @Override
    public void close() {
        endPoint.setIdleTimeout(idleMillis);
    }

    /** A client that is being watched. */
    @FunctionalInterface
    public interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Is called when something can be read. Its lock keeps a late call from reading what belongs to
     * the server again.
     */
    private final class Reader implements Callback {
        private final Runnable gone;
        private boolean over;

        Reader(Runnable gone) {
            this.gone = gone;
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        @Override
        public synchronized void succeeded() {
            if (over) {
                return;
            }
            ByteBuffer read = BufferUtil.allocate(READ_BYTES);
            int count;
            try {
                count = endPoint.fill(read);
            } catch (IOException e) {
                count = -1;
            }
            if (count < 0) {
                over = true;
                gone.run();
            } else if (count > 0 && connection instanceof Connection.UpgradeTo server) {
                over = true;
                server.onUpgradeTo(read);
            } else if (!endPoint.tryFillInterested(this)) {
                over = true;
            }
        }

        @Override
        public synchronized void failed(Throwable failure) {
            if (!over) {
                over = true;
                gone.run();
            }
        }

        synchronized void end() {
            if (!over) {
                over = true;
                if (endPoint instanceof AbstractEndPoint registered) {
                    registered.getFillInterest().onFail(new CancellationException());
                }
            }
        }
    }
}
