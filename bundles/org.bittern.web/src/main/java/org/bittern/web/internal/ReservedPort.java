package org.bittern.web.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A free port that nobody else gets before the server that it is meant for listens there. Felix
 * would look for one, let go of it and bind it later; what another process took meanwhile it would
 * only log.
 *
 * <p>What holds the port is a socket that is bound and never listens: Linux lets a listener have
 * its address if both allow reuse, and gives it to nobody who asks for any free port. Where a
 * system does not, the port is let go at once. Not thread-safe.
 */
final class ReservedPort implements AutoCloseable {
    private final Socket holder = new Socket();
    private final int port;

    /**
     * Takes one.
     *
     * @throws IOException the address cannot be bound
     */
    ReservedPort(InetAddress address) throws IOException {
        try {
            holder.setReuseAddress(true);
            holder.bind(new InetSocketAddress(address, 0));
            port = holder.getLocalPort();
            if (!admitsListener(address, port)) {
                holder.close();
            }
        } catch (IOException e) {
            holder.close();
            throw e;
        }
    }

    /** Of the address it was asked for. */
    int port() {
        return port;
    }

    /** Lets go; harmless when somebody listens there, and a second time. */
    @Override
    public void close() {
        try {
            holder.close();
        } catch (IOException e) {
            throw new IllegalStateException("a socket that was never connected", e);
        }
    }

    /** As a listener would bind it, by the default of the platform. */
    static boolean admitsListener(InetAddress address, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(address, port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
