package org.bittern.portmap.internal;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.bittern.spi.net.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * One question and one answer over UDP with a gateway, repeated as RFC 6886 (3.1) says. Only the
 * gateway itself can answer: the socket is connected with it. Blocks; one thread.
 */
final class GatewayExchange {
    /** Port of PCP and NAT-PMP. */
    static final int PORT = 5351;

    private static final int FIRST_WAIT_MILLIS = 250;
    private static final int MAX_ANSWER_BYTES = 1100; // RFC 6887, section 7

    private final InetSocketAddress gateway;
    private final int tries;
    private final Bound bound;

    /**
     * @param tries each waits twice as long as the one before: 4 take 3.75 s
     */
    GatewayExchange(InetSocketAddress gateway, int tries, Bound bound) {
        this.gateway = gateway;
        this.tries = tries;
        this.bound = bound;
    }

    /** Looks at an answer. */
    interface Reader<T> {
        /**
         * Reads it.
         *
         * @return null when it is not the one that is waited for
         * @throws IOException the gateway refused
         */
        @Nullable T read(ByteBuffer answer) throws IOException;
    }

    /** Our address as the gateway sees it. */
    InetAddress localAddress() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.connect(gateway);
            return socket.getLocalAddress();
        }
    }

    <T> T ask(byte[] question, Reader<T> reader) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(gateway); // which sends nothing
            if (!bound.has(socket.getLocalAddress())) {
                throw new IOException("the gateway is not where we are bound to");
            }
            int wait = FIRST_WAIT_MILLIS;
            for (int i = 0; i < tries; i++) {
                socket.send(new DatagramPacket(question, question.length));
                T result = answer(socket, reader, wait);
                if (result != null) {
                    return result;
                }
                wait *= 2;
            }
        }
        throw new IOException("no answer from the gateway");
    }

    private static <T> @Nullable T answer(DatagramSocket socket, Reader<T> reader, int millis)
            throws IOException {
        Deadline deadline = Deadline.after(Duration.ofMillis(millis));
        byte[] buffer = new byte[MAX_ANSWER_BYTES];
        while (true) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.setSoTimeout(deadline.millisLeft());
                socket.receive(packet);
            } catch (SocketTimeoutException e) {
                return null;
            }
            T result = reader.read(ByteBuffer.wrap(Arrays.copyOf(buffer, packet.getLength())));
            if (result != null) {
                return result;
            }
        }
    }
}
