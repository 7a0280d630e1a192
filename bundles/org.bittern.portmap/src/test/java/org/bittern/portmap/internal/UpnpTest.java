package org.bittern.portmap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bittern.portmap.internal.MapMethod.Kind;
import org.bittern.portmap.internal.MapMethod.Mapped;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway on loopback from the first datagram to the last call, honest and not. */
@Timeout(60)
class UpnpTest {
    private static final int WAIT_MILLIS = 1500;

    private static final String DESCRIPTION =
            """
            <?xml version="1.0"?>
            <root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceList><device>
            <serviceList><service>
              <serviceType>urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1</serviceType>
              <controlURL>/wrong</controlURL>
            </service><service>
              <serviceType>urn:schemas-upnp-org:service:WANIPConnection:2</serviceType>
              <controlURL>control?x=1</controlURL>
            </service></serviceList></device></deviceList></device></root>
            """;

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private FakeGateway group;
    private HttpServer http;
    private Upnp upnp;
    private volatile String description = DESCRIPTION;
    private volatile int firstError;

    @BeforeEach
    void start() throws IOException {
        group = new FakeGateway();
        http = HttpServer.create(new InetSocketAddress(FakeGateway.LOOPBACK, 0), 0);
        http.createContext("/", this::serve);
        http.start();
        upnp = new Upnp(new Ssdp(group.address(), WAIT_MILLIS, Bound.ANY));
        located("http://127.0.0.1:" + http.getAddress().getPort() + "/d/root.xml");
    }

    @AfterEach
    void stop() {
        http.stop(0);
        group.close();
    }

    private void located(String location) {
        String answer = "HTTP/1.1 200 OK\r\nST: x\r\nLocation: " + location + "\r\nEXT:\r\n\r\n";
        group.answers(question -> List.of(answer.getBytes(StandardCharsets.US_ASCII)));
    }

    private void serve(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String action = String.valueOf(exchange.getRequestHeaders().getFirst("SOAPAction"));
        if (exchange.getRequestMethod().equals("GET")) {
            answer(exchange, 200, description);
            return;
        }
        calls.add(exchange.getRequestURI() + " " + action + " " + body);
        if (firstError != 0) {
            String fault = "<s><detail><errorCode>" + firstError + "</errorCode></detail></s>";
            firstError = 0;
            answer(exchange, 500, fault);
        } else if (action.contains("GetExternalIPAddress")) {
            answer(
                    exchange,
                    200,
                    "<x><NewExternalIPAddress>203.0.113.9</NewExternalIPAddress></x>");
        } else {
            answer(exchange, 200, "<x/>");
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void mapsAndGivesBack() throws Exception {
        assertThat(upnp.map(Kind.TCP, 6881, 6881))
                .isEqualTo(
                        new Mapped(Optional.of(InetAddress.ofLiteral("203.0.113.9")), 6881, 3600));
        assertThat(calls.getFirst())
                .startsWith(
                        "/d/control?x=1 \"urn:schemas-upnp-org:service:WANIPConnection:2#AddPortMapping\"")
                .contains("<NewInternalPort>6881</NewInternalPort>")
                .contains("<NewInternalClient>127.0.0.1</NewInternalClient>")
                .contains("<NewProtocol>TCP</NewProtocol>");
        upnp.unmap(Kind.UDP, 6881, 6881);
        assertThat(calls.getLast()).contains("DeletePortMapping").contains("<NewProtocol>UDP<");
        assertThat(group.asked).as("found once").hasSize(2);
    }

    @Test
    void takesAPermanentMappingOrAnotherPort() throws Exception {
        firstError = 725;
        assertThat(upnp.map(Kind.TCP, 6881, 6881).lifetimeSeconds()).isZero();
        firstError = 718;
        assertThat(upnp.map(Kind.TCP, 6881, 6881).port()).isEqualTo(6882);
        firstError = 606;
        assertThatThrownBy(() -> upnp.map(Kind.TCP, 6881, 6881)).hasMessageContaining("606");
    }

    @Test
    void asksNobodyWhereWeAreNotBoundTo() {
        Bound elsewhere = new Bound(List.of(InetAddress.ofLiteral("127.0.0.2")));
        Upnp bound = new Upnp(new Ssdp(group.address(), WAIT_MILLIS, elsewhere));
        assertThatThrownBy(() -> bound.map(Kind.TCP, 6881, 6881))
                .hasMessageContaining("not where we are bound to");
        Bound onlyIpv6 = new Bound(List.of(InetAddress.ofLiteral("::1")));
        Upnp ipv6 = new Upnp(new Ssdp(group.address(), WAIT_MILLIS, onlyIpv6));
        assertThatThrownBy(() -> ipv6.map(Kind.TCP, 6881, 6881)).hasMessageContaining("IPv4");
        assertThat(calls).isEmpty();
    }

    @Test
    void goesNowhereButToTheGateway() {
        Upnp hasty =
                new Upnp(new Ssdp(group.address(), 300, Bound.ANY)); // every answer is a bad one
        for (String evil :
                List.of(
                        "http://127.0.0.2:1/x",
                        "http://localhost:1/x",
                        "https://127.0.0.1/x",
                        "file:///etc/passwd",
                        "http://127.0.0.1@192.0.2.1/",
                        "")) {
            located(evil);
            assertThatThrownBy(() -> hasty.map(Kind.TCP, 1, 1))
                    .as(evil)
                    .isInstanceOf(IOException.class);
        }
        located("http://127.0.0.1:" + http.getAddress().getPort() + "/d/root.xml");
        description = DESCRIPTION.replace("control?x=1", "http://127.0.0.2:9/x");
        assertThatThrownBy(() -> upnp.map(Kind.TCP, 1, 1)).hasMessageContaining("another host");
        assertThat(calls).isEmpty();
    }

    @Test
    void readsNoEntitiesAndNoMountains() {
        description =
                "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><root>&x;</root>";
        assertThatThrownBy(() -> upnp.map(Kind.TCP, 1, 1)).isInstanceOf(IOException.class);
        description = "<a>".repeat(SafeXml.MAX_DEPTH + 1);
        assertThatThrownBy(() -> upnp.map(Kind.TCP, 1, 1)).hasMessageContaining("too deep");
        description = "<a>" + " ".repeat(LanHttp.MAX_BYTES) + "</a>";
        assertThatThrownBy(() -> upnp.map(Kind.TCP, 1, 1)).hasMessageContaining("more than");
        description = "<a/>";
        assertThatThrownBy(() -> upnp.map(Kind.TCP, 1, 1)).hasMessageContaining("maps no ports");
        description = "no xml";
        assertThatThrownBy(() -> upnp.map(Kind.TCP, 1, 1)).hasMessageContaining("damaged");
    }
}
