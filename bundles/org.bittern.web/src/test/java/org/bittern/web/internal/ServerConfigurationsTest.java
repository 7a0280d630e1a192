package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

final class ServerConfigurationsTest {
    private final ServerConfigurations configurations = new ServerConfigurations();
    private final Map<String, Object> first = new TreeMap<>(); // host by name
    private final Map<String, Object> second = new TreeMap<>();
    private final ConfigurationAdmin one = admin("one", first);
    private final ConfigurationAdmin other = admin("other", second);

    @Test
    void theNextConfigAdminIsToldOfAllServers() {
        configurations.use(one);
        configurations.add("a", Map.of("host", "127.0.0.1"));
        configurations.forget(one);
        assertThat(configurations.isHeard()).isFalse();
        configurations.add("b", Map.of("host", "[::1]"));
        assertThat(first).containsOnlyKeys("a");

        configurations.use(other);
        assertThat(configurations.isHeard()).isTrue();
        assertThat(second).containsExactly(Map.entry("a", "127.0.0.1"), Map.entry("b", "[::1]"));
        configurations.clear();
        assertThat(second).isEmpty();
        assertThat(configurations.size()).isZero();
    }

    @Test
    void theFormerOneIsForgottenWhenItsSuccessorIsThere() {
        configurations.use(one);
        configurations.use(other);
        configurations.forget(one);
        configurations.add("a", Map.of("host", "127.0.0.1"));
        assertThat(first).isEmpty();
        assertThat(second).containsOnlyKeys("a");
    }

    /** Knows what is called, and no more. */
    private static ConfigurationAdmin admin(String own, Map<String, Object> hosts) {
        return fake(
                ConfigurationAdmin.class,
                (_, method, arguments) ->
                        switch (method.getName()) {
                            case "getFactoryConfiguration" ->
                                    configuration(hosts, (String) arguments[1]);
                            case "equals" -> own.equals(String.valueOf(arguments[0]));
                            case "toString" -> own;
                            default -> throw new UnsupportedOperationException(method.getName());
                        });
    }

    private static Configuration configuration(Map<String, Object> hosts, String name) {
        return fake(
                Configuration.class,
                (_, method, arguments) -> {
                    if (method.getName().equals("delete")) {
                        hosts.remove(name);
                    } else {
                        hosts.put(name, ((Dictionary<?, ?>) arguments[0]).get("host"));
                    }
                    return null;
                });
    }

    private static <T> T fake(Class<T> type, InvocationHandler calls) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }
}
