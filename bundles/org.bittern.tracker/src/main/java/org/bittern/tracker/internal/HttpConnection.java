package org.bittern.tracker.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.bittern.spi.net.AddressScope;
import org.bittern.spi.net.Deadline;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.TimedInput;
import org.bittern.spi.net.TlsHandshake;
import org.jspecify.annotations.Nullable;

/**
 * One GET over one connection to one address. Blocks; immutable.
 *
 * <p>The JDK's own client looks the host up itself: the address that {@link Routes} has judged
 * would not surely be the one that it talks to, nor could it announce over both address families.
 */
final class HttpConnection {
    private final Egress egress;
    private final Supplier<SSLSocketFactory> tls;
    private final String userAgent;
    private final Duration connectTimeout;

    /**
     * Connections.
     *
     * @param egress makes the sockets
     * @param tls asked for when the first HTTPS tracker turns up: reading the system's certificates
     *     takes a while
     */
    HttpConnection(
            Egress egress,
            Supplier<SSLSocketFactory> tls,
            String userAgent,
            Duration connectTimeout) {
        this.egress = egress;
        this.tls = tls;
        this.userAgent = userAgent;
        this.connectTimeout = connectTimeout;
    }

    /**
     * Opens a plain connection; the first of the addresses that answers is taken.
     *
     * @param addresses unresolved where a proxy looks the name up
     */
    Server connect(Iterable<InetSocketAddress> addresses, Binding bound, Deadline deadline)
            throws TrackerException {
        TrackerException reason = new TrackerException("host has no address");
        for (InetSocketAddress address : addresses) {
            try {
                return connect(address, bound, deadline);
            } catch (SocketTimeoutException e) {
                reason = new TrackerException("connection timed out", e);
            } catch (ConnectException e) {
                reason = new TrackerException("connection refused", e);
            } catch (IOException e) {
                reason = new TrackerException("no connection: " + e.getMessage(), e);
            }
        }
        throw reason;
    }

    private Server connect(InetSocketAddress address, Binding bound, Deadline deadline)
            throws IOException {
        long limit = Math.min(deadline.millisLeft(), connectTimeout.toMillis());
        Optional<InetAddress> local =
                address.isUnresolved() ? Optional.empty() : bound.local(address.getAddress());
        Socket socket = egress.connect(address, local, Duration.ofMillis(Math.max(1, limit)));
        return new Server(socket, address.getAddress());
    }

    /**
     * A server that we are connected with.
     *
     * @param address null where only the proxy knows it
     */
    record Server(Socket socket, @Nullable InetAddress address) {
        AddressScope scope() {
            return address == null ? AddressScope.PUBLIC : AddressScope.of(address);
        }
    }

    /**
     * Asks.
     *
     * @param connected from {@link #connect}; closed when this returns
     * @param target path and query
     */
    HttpReply get(TrackerUrl url, String target, Socket connected, Deadline deadline)
            throws TrackerException {
        try (Socket plain = connected;
                Socket socket = secured(url, plain, deadline)) {
            socket.getOutputStream().write(request(url, target));
            socket.getOutputStream().flush();
            InputStream in = new BufferedInputStream(new TimedInput(socket, deadline));
            return new HttpReader(in, AnnounceParser.MAX_BODY_BYTES).read();
        } catch (SocketTimeoutException e) {
            throw new TrackerException("timed out", e);
        } catch (SSLException e) {
            throw new TrackerException("no secure connection: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new TrackerException("connection lost: " + e.getMessage(), e);
        }
    }

    private Socket secured(TrackerUrl url, Socket plain, Deadline deadline) throws IOException {
        plain.setSoTimeout(deadline.millisLeft());
        if (url.scheme() != TrackerUrl.Scheme.HTTPS) {
            return plain;
        }
        return TlsHandshake.lead(tls.get(), plain, url.host(), url.port(), deadline);
    }

    private byte[] request(TrackerUrl url, String target) {
        StringBuilder head =
                new StringBuilder(512)
                        .append("GET ")
                        .append(target)
                        .append(" HTTP/1.1\r\nHost: ")
                        .append(url.authority())
                        .append("\r\nUser-Agent: ")
                        .append(userAgent)
                        .append(
                                "\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nConnection: close\r\n");
        if (!url.userInfo().isEmpty()) {
            byte[] user = url.userInfo().getBytes(StandardCharsets.UTF_8);
            head.append("Authorization: Basic ")
                    .append(Base64.getEncoder().encodeToString(user))
                    .append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
