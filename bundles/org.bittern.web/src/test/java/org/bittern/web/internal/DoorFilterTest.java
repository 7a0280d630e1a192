package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a browser is told before a page may send anything. */
@Timeout(20)
class DoorFilterTest {
    private static final String TRUSTED = "https://ui.example";

    private final Rules rules =
            new Rules(
                    true,
                    Optional.empty(),
                    new Addresses(true, "127.0.0.1,::1"),
                    new HostNames(true, ""),
                    Set.of(TRUSTED),
                    0,
                    "");
    private final Gate gate = new Gate();
    private final DoorFilter filter =
            new DoorFilter(
                    new Door(
                            rules,
                            "token",
                            "s".repeat(48),
                            new Lockout(() -> Instant.EPOCH),
                            new TicketMint(new byte[32], () -> Instant.EPOCH)),
                    new Endpoints(),
                    gate,
                    () -> 0,
                    () -> Instant.EPOCH);
    private final Map<String, String> told = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private int status;

    @BeforeEach
    void open() {
        gate.open();
    }

    @Test
    void pagesOfTrustedOriginsMaySendTheHeadersThatInterfacesNeed() throws Exception {
        for (String origin : List.of(TRUSTED, "http://localhost:9091")) {
            preflight(origin);
            assertThat(status).isEqualTo(200);
            assertThat(told).containsEntry("Access-Control-Allow-Origin", origin);
            assertThat(list("Access-Control-Allow-Headers"))
                    .containsExactlyInAnyOrder(
                            "X-TT-Auth",
                            "X-Transmission-Session-Id",
                            "Authorization",
                            "Content-Type",
                            "Range");
            assertThat(list("Access-Control-Allow-Methods"))
                    .containsExactlyInAnyOrder("GET", "HEAD", "POST");
            assertThat(list("Vary")).contains("Origin");
        }
    }

    @Test
    void otherPagesAreToldNothing() throws Exception {
        for (String origin : List.of("http://evil.example", "null", TRUSTED + ".evil")) {
            preflight(origin);
            assertThat(status).as(origin).isEqualTo(403);
            assertThat(told.keySet()).as(origin).noneMatch(name -> name.startsWith("Access"));
        }
    }

    private List<String> list(String header) {
        return Stream.of(told.getOrDefault(header, "").split(",", -1)).map(String::strip).toList();
    }

    private void preflight(String origin) throws Exception {
        told.clear();
        status = 0;
        Map<String, String> headers = Map.of("Host", "localhost:9091", "Origin", origin);
        HttpServletRequest request =
                fake(
                        HttpServletRequest.class,
                        (_, method, arguments) ->
                                switch (method.getName()) {
                                    case "getMethod" -> "OPTIONS";
                                    case "getProtocol" -> "HTTP/1.1";
                                    case "getRequestURI" -> "/transmission/rpc";
                                    case "getRemoteAddr", "getLocalAddr" -> "127.0.0.1";
                                    case "getLocalPort" -> 9091;
                                    case "isSecure" -> false;
                                    case "getHeader" -> "100-continue"; // no body is sent
                                    case "getHeaders" ->
                                            Collections.enumeration(
                                                    Optional.ofNullable(headers.get(arguments[0]))
                                                            .stream()
                                                            .toList());
                                    default -> null; // neither query, nor anything else
                                });
        filter.doFilter(
                request,
                fake(HttpServletResponse.class, this::answer),
                (_, _) -> {
                    throw new AssertionError("no servlet is asked");
                });
    }

    private Object answer(Object response, Method method, Object[] arguments) {
        switch (method.getName()) {
            case "setStatus" -> status = (int) arguments[0];
            case "setHeader", "addHeader" -> told.put((String) arguments[0], (String) arguments[1]);
            case "getOutputStream" -> {
                return new Nowhere();
            }
            default -> {} // what says nothing of the page's rights
        }
        return response;
    }

    /** Takes the text of a refusal. */
    private static final class Nowhere extends ServletOutputStream {
        @Override
        public void write(int one) {
            // nobody reads it
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new IllegalStateException("not used");
        }
    }

    private static <T> T fake(Class<T> type, InvocationHandler calls) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }
}
