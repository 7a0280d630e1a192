package org.bittern.engine.internal;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that a session listens on and dials from.
 *
 * @param v4 null when IPv4 is not used
 * @param v6 null when IPv6 is not used
 */
record Binding(@Nullable InetAddress v4, @Nullable InetAddress v6) {

    /** Names of the settings that say where we are; the port is one of them. */
    static final Set<String> NAMES =
            Set.of(
                    EngineSettings.PEER_PORT.name(),
                    EngineSettings.BIND_ADDRESS_IPV4.name(),
                    EngineSettings.BIND_ADDRESS_IPV6.name());

    /**
     * Reads the addresses of the settings.
     *
     * @throws EngineException INVALID_ARGUMENT when one is no literal address of its family
     */
    static Binding of(Settings settings) {
        return new Binding(
                literal(settings, EngineSettings.BIND_ADDRESS_IPV4, Inet4Address.class),
                literal(settings, EngineSettings.BIND_ADDRESS_IPV6, Inet6Address.class));
    }

    private static @Nullable InetAddress literal(
            Settings settings, Setting<String> key, Class<? extends InetAddress> family) {
        String text = settings.get(key).strip();
        if (text.isEmpty()) {
            return null;
        }
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            if (family.isInstance(address)) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // said below, with the name of the setting
        }
        throw new EngineException(
                EngineException.Code.INVALID_ARGUMENT,
                key.name() + ": " + text + " is no address of its family");
    }

    /** Addresses to listen on, in the order of trying; see {@link Listening}. */
    List<InetAddress> listen() {
        List<InetAddress> addresses = new ArrayList<>(2);
        // A socket on :: takes IPv4 too, and a second one on 0.0.0.0 would collide with it.
        boolean dual = v6 != null && v6.isAnyLocalAddress() && v4 != null && v4.isAnyLocalAddress();
        if (v4 != null && !dual) {
            addresses.add(v4);
        }
        if (v6 != null) {
            addresses.add(v6);
        }
        return addresses;
    }

    /** Where to dial a peer from; empty when its family is not used. */
    Optional<InetSocketAddress> dialFrom(InetAddress remote) {
        InetAddress local = remote instanceof Inet4Address ? v4 : v6;
        return local == null ? Optional.empty() : Optional.of(new InetSocketAddress(local, 0));
    }

    /** For searches: the addresses that are not wildcards. */
    List<InetAddress> concrete() {
        List<InetAddress> addresses = new ArrayList<>(2);
        if (v4 != null && !v4.isAnyLocalAddress()) {
            addresses.add(v4);
        }
        if (v6 != null && !v6.isAnyLocalAddress()) {
            addresses.add(v6);
        }
        return addresses;
    }
}
