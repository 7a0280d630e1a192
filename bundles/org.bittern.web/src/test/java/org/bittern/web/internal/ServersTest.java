package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

@Timeout(20)
class ServersTest {
    private static final int PORT = 50_099; // nothing listens there but in a probe

    /** What Felix was asked to listen on, as it is configured. */
    private final List<String> hosts = new ArrayList<>();

    private final List<List<URI>> told = new CopyOnWriteArrayList<>();
    private final Servers servers = new Servers(admin(), told::add);

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

    private static Binding binding(String... addresses) {
        return new Binding(List.of(addresses), 0, 0, "", "", 60);
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
                        (_, _, arguments) -> {
                            if (arguments != null
                                    && arguments[0] instanceof Dictionary<?, ?> properties) {
                                hosts.add("" + properties.get("org.apache.felix.http.host"));
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
