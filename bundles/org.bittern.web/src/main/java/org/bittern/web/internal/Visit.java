package org.bittern.web.internal;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the door looks at: a request without its body.
 *
 * @param path as it was sent, undecoded, without the query
 * @param query as it was sent; empty when there is none
 * @param protocol as the client names it, such as {@code HTTP/1.1}
 * @param remote the caller's address
 * @param local the address that was called
 * @param headers all values of a header by its name
 */
record Visit(
        String method,
        String path,
        String query,
        String protocol,
        InetAddress remote,
        InetAddress local,
        int port,
        boolean secure,
        Function<String, List<String>> headers) {

    static Visit of(HttpServletRequest request) {
        return new Visit(
                request.getMethod(),
                request.getRequestURI(),
                request.getQueryString() == null ? "" : request.getQueryString(),
                request.getProtocol(),
                literal(request.getRemoteAddr()),
                literal(request.getLocalAddr()),
                request.getLocalPort(),
                request.isSecure(),
                name -> Collections.list(request.getHeaders(name)));
    }

    /** The one value of a header; several count as none where one is asked for. */
    Optional<String> header(String name) {
        List<String> values = headers.apply(name);
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }

    boolean isUpgrade() {
        return method.equals("GET")
                && header("Upgrade").filter("websocket"::equalsIgnoreCase).isPresent();
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("the server names an address " + address, e);
        }
    }
}
