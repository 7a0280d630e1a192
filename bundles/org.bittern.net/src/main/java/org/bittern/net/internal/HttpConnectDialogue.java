package org.bittern.net.internal;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bittern.spi.net.ProxyServer;

/**
 * CONNECT of HTTP (RFC 9110, 9.3.6). Reads byte by byte: what follows the empty line is the
 * target's. One thread.
 */
final class HttpConnectDialogue extends ProxyDialogue {
    /** A longer answer is none. */
    static final int MAX_HEAD_BYTES = 8192;

    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.\\d (\\d{3})(?: [^\r\n]*)?\r?\n.*", Pattern.DOTALL);
    private static final byte[] NOTHING = {};

    private final byte[] request;
    private final StringBuilder head = new StringBuilder();
    private boolean over;

    HttpConnectDialogue(InetSocketAddress target, Optional<ProxyServer.Login> login)
            throws IOException {
        String authority = host(target) + ":" + target.getPort();
        StringBuilder text =
                new StringBuilder()
                        .append("CONNECT ")
                        .append(authority)
                        .append(" HTTP/1.1\r\nHost: ")
                        .append(authority)
                        .append("\r\n");
        if (login.isPresent()) {
            String pair = login.get().user() + ":" + login.get().password();
            text.append("Proxy-Authorization: Basic ")
                    .append(
                            Base64.getEncoder()
                                    .encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
                    .append("\r\n");
        }
        request = text.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String host(InetSocketAddress target) throws IOException {
        InetAddress address = target.getAddress();
        String host = address == null ? target.getHostString() : address.getHostAddress();
        if (host.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw new IOException("a host name with control characters");
        }
        return address instanceof Inet6Address || host.contains(":") ? "[" + host + "]" : host;
    }

    @Override
    byte[] opening() {
        return request.clone();
    }

    @Override
    int wanted() {
        return over ? 0 : 1;
    }

    @Override
    byte[] heard(ByteBuffer bytes) throws IOException {
        head.append((char) (bytes.get() & 0xff));
        if (head.length() > MAX_HEAD_BYTES) {
            throw new IOException("the proxy's answer has no end");
        }
        if (endsWith("\r\n\r\n") || endsWith("\n\n")) {
            judge();
            over = true;
        }
        return NOTHING;
    }

    private boolean endsWith(String end) {
        int from = head.length() - end.length();
        return from >= 0 && head.indexOf(end, from) == from;
    }

    private void judge() throws IOException {
        Matcher status = STATUS_LINE.matcher(head);
        if (!status.matches()) {
            throw new IOException("the proxy does not speak HTTP");
        }
        String code = status.group(1);
        switch (code.charAt(0)) {
            case '2' -> {}
            default ->
                    throw new IOException(
                            "407".equals(code)
                                    ? "the proxy wants another user name or password"
                                    : "the proxy refused, status " + code);
        }
    }
}
