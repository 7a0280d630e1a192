package org.bittern.portmap.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.bittern.spi.net.Deadline;
import org.bittern.spi.net.HttpHead;
import org.bittern.spi.net.TimedInput;

/**
 * HTTP with a gateway: no redirects, small answers, one deadline for the whole. Never through a
 * proxy: the gateway is next door, and nothing is mapped while peers go through one. Stateless.
 */
final class LanHttp {
    /** A longer body is an error. */
    static final int MAX_BYTES = 64 << 10;

    private static final int TIMEOUT_MILLIS = 5000;
    private static final int DEFAULT_PORT = 80;

    private LanHttp() {}

    /** An answer of any status. */
    record Answer(int status, byte[] body) {}

    /**
     * Asks.
     *
     * @param head method and fields of the request but {@code Host}; lines end in CR LF
     * @param body empty for GET
     */
    static Answer ask(URI url, String method, String head, byte[] body) throws IOException {
        int port = url.getPort() > 0 ? url.getPort() : DEFAULT_PORT;
        Deadline deadline = Deadline.after(Duration.ofMillis(TIMEOUT_MILLIS));
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(new InetSocketAddress(url.getHost(), port), TIMEOUT_MILLIS);
            String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
            String target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
            String request =
                    "%s %s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n%s\r\n"
                            .formatted(method, target, url.getHost(), port, head);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            return read(new BufferedInputStream(new TimedInput(socket, deadline)));
        }
    }

    /**
     * Reads an answer.
     *
     * @param in buffered
     */
    static Answer read(InputStream in) throws IOException {
        HttpHead head = HttpHead.read(in);
        return new Answer(head.status(), head.body(in, MAX_BYTES));
    }
}
