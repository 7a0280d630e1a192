package org.bittern.web.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where and how to listen. Immutable.
 *
 * @param addresses as configured, the first is the main one
 * @param streamPort of media, 0 when they share the port of the others
 * @param keyStore empty: HTTP
 */
record Binding(
        List<String> addresses,
        int port,
        int streamPort,
        String keyStore,
        String keyStorePassword,
        int idleSeconds) {
    private static final int MAX_PORT = 65_535;
    private static final int MAX_IDLE_SECONDS = 3600;

    /**
     * Checks the configuration.
     *
     * @throws IllegalArgumentException what is wrong and what is allowed
     */
    static Binding of(WebConfig config) {
        List<String> addresses = List.of(config.bind_addresses());
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("there is no address to listen on");
        }
        if (config.port() < 0 || config.port() > MAX_PORT) {
            throw new IllegalArgumentException(
                    "port " + config.port() + ", allowed are 0 to " + MAX_PORT);
        }
        int streamPort = config.stream_port();
        if (streamPort < 0 || streamPort > MAX_PORT) {
            throw new IllegalArgumentException(
                    "stream port " + streamPort + ", allowed are 0 to " + MAX_PORT);
        }
        if (streamPort > 0 && streamPort == config.port()) {
            throw new IllegalArgumentException(
                    "port " + streamPort + " cannot be the stream port too");
        }
        int idle = config.idle_timeout_seconds();
        if (idle < 1 || idle > MAX_IDLE_SECONDS) {
            throw new IllegalArgumentException(
                    "idle timeout " + idle + ", allowed are 1 to " + MAX_IDLE_SECONDS);
        }
        for (String address : addresses) {
            if (config.strict() && !resolved(address).isLoopbackAddress()) {
                // The token stands in connection.json: it is for programs of this machine.
                throw new IllegalArgumentException(
                        "with the token alone only loopback may be listened on, not " + address);
            }
            resolved(address);
        }
        return new Binding(
                addresses,
                config.port(),
                streamPort,
                config.key_store(),
                config._key_store_password(),
                idle);
    }

    static InetAddress resolved(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address to listen on: " + address, e);
        }
    }

    /** How a URL names the address, and how the server does when it tells where it listens. */
    static String hostInUrl(String address) {
        return address.contains(":") && !address.startsWith("[") ? "[" + address + "]" : address;
    }

    boolean secure() {
        return !keyStore.isEmpty();
    }

    /** Configuration of one Felix server; it listens on one address. */
    Map<String, Object> server(String address, int realPort) {
        Map<String, Object> properties = new TreeMap<>();
        // Felix builds its URL of the very text, and an IPv6 address without brackets makes none.
        properties.put("org.apache.felix.http.host", hostInUrl(address));
        properties.put("org.apache.felix.http.timeout", idleSeconds * 1000); // ms of silence
        properties.put("org.apache.felix.http.jetty.virtualthreads.enable", true);
        // No limit; without it only calls are virtual, and a burst of connections leaves a pool.
        properties.put("org.apache.felix.http.jetty.threadpool.max", 0);
        // Odd paths reach the door, which answers them in the form of the endpoint.
        properties.put("org.eclipse.jetty.UriComplianceMode", "UNSAFE");
        properties.put("org.apache.felix.http.jetty.sendServerHeader", false);
        properties.put("org.apache.felix.jetty.gziphandler.enable", false);
        properties.put("org.apache.felix.jetty.websocket.enable", true);
        properties.put("org.apache.felix.http.enable", !secure());
        properties.put("org.apache.felix.https.enable", secure());
        if (secure()) {
            properties.put("org.osgi.service.http.port.secure", realPort);
            properties.put("org.apache.felix.https.keystore", keyStore);
            properties.put("org.apache.felix.https.keystore.password", keyStorePassword);
            properties.put("org.apache.felix.https.keystore.key.password", keyStorePassword);
        } else {
            properties.put("org.osgi.service.http.port", realPort);
        }
        return properties;
    }

    /** Secrets stay out of logs. */
    @Override
    public String toString() {
        return addresses + " port " + port + (secure() ? ", HTTPS" : "");
    }
}
