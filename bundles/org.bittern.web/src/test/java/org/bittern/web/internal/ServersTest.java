package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

@Timeout(20)
class ServersTest {
    private static final int PORT = 50_099; // nothing listens there but in a probe

    /** What Felix was asked to listen on, as it is configured. */
    private final List<String> hosts = new ArrayList<>();

    private final List<Integer> ports = new ArrayList<>();
    private final List<List<URI>> told = new CopyOnWriteArrayList<>();
    private Runnable deleted = () -> {}; // a server is to be closed
    private final ServerConfigurations configurations = new ServerConfigurations();
    private final Servers servers = new Servers(configurations, told::add);

    @BeforeEach
    void letFelixBeTold() {
        configurations.use(admin());
    }

    @Test
    void namesAddressesSoThatFelixCanTellWhereItListens() {
        for (String address : List.of("127.0.0.1", "::1", "::", "[::1]")) {
            Object host = binding(address).server(address, PORT).get("org.apache.felix.http.host");
            assertThat(URI.create("http://" + host + ":" + PORT + "/"))
                    .as(address)
                    .hasPort(PORT)
                    .extracting(URI::getHost)
                    .isIn("127.0.0.1", "[::1]", "[::]");
        }
    }

    @Test
    void waitsForNoAddressThatIsServed() {
        assertThat(servers.move(binding("127.0.0.1", "::1"))).isEmpty();
        assertThat(told).isEmpty();
        servers.serving(urls()); // the first, so that the port is known
        servers.serving(urls()); // and the other
        // Without IPv6 there is one alone. What waits is told by another thread, and later.
        assertThat(told.getLast()).containsExactlyElementsOf(urls());
        servers.close();
    }

    @Test
    void tellsOfAServerOnAllAddressesWhereThisMachineReachesIt() {
        assertThat(servers.move(binding("0.0.0.0"))).isEmpty();
        servers.serving(List.of(URI.create("http://[fd00:0:0:0:0:0:0:2%eth0]:" + PORT + "/")));
        assertThat(told.getLast()).containsExactly(URI.create("http://127.0.0.1:" + PORT + "/"));
        servers.close();
    }

    @Test
    void tellsNobodyWhileItIsHeld() {
        servers.hold(true);
        assertThat(servers.move(binding("127.0.0.1"))).isEmpty();
        servers.serving(urls());
        assertThat(told).isEmpty();
        servers.hold(false);
        assertThat(told).containsExactly(urls());
        servers.hold(true);
        servers.serving(urls());
        assertThat(told).as("what was told stays so").containsExactly(urls());
        servers.close();
    }

    @Test
    void tellsAtOnceWhenItWasReleasedBefore() {
        servers.hold(true);
        assertThat(servers.move(binding("127.0.0.1"))).isEmpty();
        servers.hold(false);
        assertThat(told).isEmpty();
        servers.serving(urls());
        assertThat(told).containsExactly(urls());
        servers.close();
    }

    @Test
    void forgetsWhereItListenedBeforeItMoved() {
        assertThat(servers.move(binding("127.0.0.1"))).isEmpty();
        servers.serving(urls());
        servers.hold(true);
        assertThat(servers.move(binding(0, "127.0.0.2"))).isEmpty();
        assertThat(servers.move(binding(0, "127.0.0.1"))).isEmpty();
        int before = told.size();
        servers.hold(false);
        assertThat(told).as("the server that was is no server that is").hasSize(before);
        servers.close();
    }

    @Test
    void leavesItsPortFree() throws Exception {
        assertThat(servers.move(binding(freePort(), "127.0.0.1"))).isEmpty();
        assertThatItWaitsUntilItsPortIsFree();
    }

    @Test
    void leavesThePortFreeThatItChose() throws Exception {
        assertThat(servers.move(binding("127.0.0.1"))).isEmpty();
        servers.serving(urls()); // the port is Felix's now
        assertThatItWaitsUntilItsPortIsFree();
    }

    private void assertThatItWaitsUntilItsPortIsFree() throws Exception {
        try (ServerSocket felix = new ServerSocket()) {
            felix.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.getFirst()));
            deleted = () -> Thread.ofVirtual().start(() -> close(felix));
            servers.leave();
            assertThat(felix.isClosed()).isTrue();
        }
    }

    @Test
    void keepsTheFreePortForFelix() throws Exception {
        assertThat(servers.move(binding("127.0.0.1"))).isEmpty();
        InetSocketAddress chosen =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.getFirst());
        assertThat(chosen.getPort()).isPositive();
        assertThat(binds(chosen, false)).as("somebody else, before Felix listens").isFalse();
        assertThat(binds(chosen, true)).as("Felix, which allows reuse").isTrue();
        servers.serving(urls());
        assertThat(binds(chosen, false)).as("Felix listens: it is held no more").isTrue();
        servers.close();
    }

    @Test
    void letsGoOfAPortThatNobodyListenedAt() throws Exception {
        assertThat(servers.move(binding("127.0.0.1"))).isEmpty();
        servers.close();
        InetSocketAddress chosen =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.getFirst());
        assertThat(binds(chosen, false)).isTrue();
    }

    private static boolean binds(InetSocketAddress address, boolean reuse) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(reuse);
            socket.bind(address, 1);
            return true;
        } catch (BindException e) {
            return false;
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static Binding binding(String... addresses) {
        return binding(0, addresses);
    }

    private static Binding binding(int port, String... addresses) {
        return new Binding(List.of(addresses), port, 0, "", "", 60);
    }

    /** As Felix puts them together. */
    private List<URI> urls() {
        return hosts.stream().map(host -> URI.create("http://" + host + ":" + PORT + "/")).toList();
    }

    /** Knows what {@link Servers} calls, and no more. */
    private ConfigurationAdmin admin() {
        Configuration configuration =
                fake(
                        Configuration.class,
                        (_, method, arguments) -> {
                            if (method.getName().equals("delete")) {
                                deleted.run();
                            }
                            if (arguments != null
                                    && arguments[0] instanceof Dictionary<?, ?> properties) {
                                hosts.add("" + properties.get("org.apache.felix.http.host"));
                                ports.add((Integer) properties.get("org.osgi.service.http.port"));
                            }
                            return null;
                        });
        return fake(ConfigurationAdmin.class, (_, _, _) -> configuration);
    }

    private static <T> T fake(Class<T> type, InvocationHandler calls) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }
}
