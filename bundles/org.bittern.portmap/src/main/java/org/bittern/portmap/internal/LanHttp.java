package org.bittern.portmap.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bittern.spi.net.Deadline;
import org.bittern.spi.net.TimedInput;

/**
 * HTTP with a gateway: no redirects, small answers, one deadline for the whole. Never through a
 * proxy: the gateway is next door, and nothing is mapped while peers go through one. Stateless.
 */
final class LanHttp {
    /** A longer answer is an error. */
    static final int MAX_BYTES = 64 << 10;

    private static final int TIMEOUT_MILLIS = 5000;
    private static final int DEFAULT_PORT = 80;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.\\d (\\d{3}).*");
    private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9a-fA-F]{1,6})\\s*(;.*)?");

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
            byte[] all = all(socket, deadline);
            return parse(all);
        }
    }

    /** We asked for the connection to be closed after the answer. */
    private static byte[] all(Socket socket, Deadline deadline) throws IOException {
        InputStream in = new TimedInput(socket, deadline);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        while (true) {
            int read = in.read(buffer);
            if (read < 0) {
                return bytes.toByteArray();
            }
            bytes.write(buffer, 0, read);
            if (bytes.size() > MAX_BYTES || isWhole(bytes)) {
                return bytes.toByteArray();
            }
        }
    }

    /** Some gateways keep the connection open all the same. */
    private static boolean isWhole(ByteArrayOutputStream bytes) {
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        String head = text.substring(0, end).toLowerCase(Locale.ROOT);
        Matcher length = Pattern.compile("\r\ncontent-length:\\s*(\\d{1,9})").matcher(head);
        if (length.find()) {
            return text.length() - end - 4 >= Integer.parseInt(length.group(1));
        }
        return head.contains("chunked") && text.endsWith("\r\n0\r\n\r\n");
    }

    static Answer parse(byte[] all) throws IOException {
        if (all.length > MAX_BYTES) {
            throw new IOException("the gateway's answer has more than " + MAX_BYTES + " bytes");
        }
        String text = new String(all, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        Matcher status = STATUS_LINE.matcher(text.lines().findFirst().orElse(""));
        if (end < 0 || !status.matches()) {
            throw new IOException("the gateway does not speak HTTP");
        }
        String head = text.substring(0, end).toLowerCase(Locale.ROOT);
        String body = text.substring(end + 4);
        boolean chunked = head.contains("\r\ntransfer-encoding:") && head.contains("chunked");
        String plain = chunked ? joined(body) : body;
        return new Answer(
                Integer.parseInt(status.group(1)), plain.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String joined(String chunks) throws IOException {
        StringBuilder joined = new StringBuilder();
        int at = 0;
        while (true) {
            int line = chunks.indexOf("\r\n", at);
            Matcher size = CHUNK_SIZE.matcher(line < 0 ? "" : chunks.substring(at, line));
            if (!size.matches()) {
                throw new IOException("the gateway's answer is cut off");
            }
            int bytes = Integer.parseInt(size.group(1), 16);
            int from = line + 2;
            if (bytes == 0) {
                return joined.toString();
            }
            if (from + bytes + 2 > chunks.length()) {
                throw new IOException("the gateway's answer is cut off");
            }
            joined.append(chunks, from, from + bytes);
            at = from + bytes + 2;
        }
    }
}
