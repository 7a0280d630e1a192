package org.bittern.engine.internal;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;

/**
 * The addresses that a session listens on and dials from, as they are at one moment.
 *
 * <p>A wildcard stands for itself while nothing narrower is asked for: a socket on it follows the
 * machine by itself. Beside an address of the other family, or on an interface, it is replaced by
 * the addresses that are there, because the JDK's sockets on {@code ::} take IPv4 as well and would
 * collide with the other address or let in who may not.
 *
 * @param v4 empty when IPv4 is not used; the first one is dialled from
 * @param v6 the same for IPv6
 * @param restless whether it may be another one when the interfaces of the machine change
 */
record Binding(List<InetAddress> v4, List<InetAddress> v6, boolean restless) {

    /** Names of the settings that say where we are; the port is one of them. */
    static final Set<String> NAMES =
            Set.of(
                    NetworkSettings.PEER_PORT.name(),
                    NetworkSettings.BIND_ADDRESS_IPV4.name(),
                    NetworkSettings.BIND_ADDRESS_IPV6.name(),
                    NetworkSettings.BIND_INTERFACE.name());

    /** Addresses of one family that are listened on. */
    private static final int MOST_ADDRESSES = 16;

    Binding {
        v4 = List.copyOf(v4);
        v6 = List.copyOf(v6);
    }

    /**
     * Reads the addresses of the settings.
     *
     * @param interfaces of the machine
     * @throws EngineException INVALID_ARGUMENT when one is no literal address of its family
     */
    static Binding of(Settings settings, List<LocalInterface> interfaces) {
        List<InetAddress> v4 =
                literals(settings, NetworkSettings.BIND_ADDRESS_IPV4, Inet4Address.class);
        List<InetAddress> v6 =
                literals(settings, NetworkSettings.BIND_ADDRESS_IPV6, Inet6Address.class);
        String name = settings.get(NetworkSettings.BIND_INTERFACE).strip();
        if (!name.isEmpty()) {
            List<LocalInterface> chosen =
                    interfaces.stream().filter(each -> isNamed(each, name)).toList();
            return new Binding(
                    on(chosen, v4, Inet4Address.class), on(chosen, v6, Inet6Address.class), true);
        }
        boolean mixed = !v4.isEmpty() && !v6.isEmpty() && isAny(v4) != isAny(v6);
        if (mixed) {
            return new Binding(
                    isAny(v4) ? on(interfaces, v4, Inet4Address.class) : v4,
                    isAny(v6) ? on(interfaces, v6, Inet6Address.class) : v6,
                    true);
        }
        return new Binding(v4, v6, false);
    }

    private static boolean isNamed(LocalInterface each, String name) {
        if (each.name().equals(name)) {
            return true;
        }
        try {
            return each.owns(InetAddress.ofLiteral(name));
        } catch (IllegalArgumentException _) {
            return false; // the name of another interface
        }
    }

    /** What is there of the addresses that are wanted. */
    private static List<InetAddress> on(
            List<LocalInterface> interfaces,
            List<InetAddress> wanted,
            Class<? extends InetAddress> family) {
        if (!isAny(wanted)) {
            return wanted.stream()
                    .filter(address -> interfaces.stream().anyMatch(each -> each.owns(address)))
                    .toList();
        }
        return interfaces.stream()
                .flatMap(each -> each.addresses().stream())
                .filter(family::isInstance)
                .filter(address -> !address.isLinkLocalAddress()) // peers cannot be told of a zone
                .limit(MOST_ADDRESSES)
                .toList();
    }

    private static boolean isAny(List<InetAddress> addresses) {
        return addresses.size() == 1 && addresses.getFirst().isAnyLocalAddress();
    }

    private static List<InetAddress> literals(
            Settings settings, Setting<String> key, Class<? extends InetAddress> family) {
        List<InetAddress> addresses = new ArrayList<>();
        for (String part : settings.get(key).split(",", -1)) {
            String text = part.strip();
            if (!text.isEmpty()) {
                addresses.add(literal(text, key, family));
            }
        }
        boolean any = addresses.stream().anyMatch(InetAddress::isAnyLocalAddress);
        if (addresses.size() > MOST_ADDRESSES || (any && addresses.size() > 1)) {
            throw wrong(
                    key,
                    "at most %d addresses, or the one that stands for all"
                            .formatted(MOST_ADDRESSES));
        }
        return addresses.stream().distinct().toList();
    }

    private static InetAddress literal(
            String text, Setting<String> key, Class<? extends InetAddress> family) {
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            if (family.isInstance(address)) {
                return address;
            }
        } catch (IllegalArgumentException _) {
            // said below, with the name of the setting
        }
        throw wrong(key, text + " is no address of its family");
    }

    private static EngineException wrong(Setting<String> key, String message) {
        return new EngineException(
                EngineException.Code.INVALID_ARGUMENT, key.name() + ": " + message);
    }

    /** False when there is no address to be on: nothing may go out, and nobody comes in. */
    boolean isOpen() {
        return !v4.isEmpty() || !v6.isEmpty() || !restless;
    }

    /** Addresses to listen on, in the order of trying; see {@link Listening}. */
    List<InetAddress> listen() {
        // A socket on :: takes IPv4 too, and a second one on 0.0.0.0 would collide with it.
        return isAny(v4) && isAny(v6) ? v6 : Stream.concat(v4.stream(), v6.stream()).toList();
    }

    /** What to listen on instead when a machine has no ::, empty when there is nothing else. */
    Optional<InetAddress> insteadOfDual() {
        return isAny(v4) && isAny(v6) ? Optional.of(v4.getFirst()) : Optional.empty();
    }

    /** Where to dial a peer from; empty when its family is not used. */
    Optional<InetSocketAddress> dialFrom(InetAddress remote) {
        List<InetAddress> locals = remote instanceof Inet4Address ? v4 : v6;
        return locals.stream().findFirst().map(local -> new InetSocketAddress(local, 0));
    }

    /**
     * Where to dial a peer from when a proxy reaches it: whatever family the peer is of, we talk
     * with the proxy only. What goes to the proxy has a socket of its own; but sockets of ours that
     * stay silent are not to be anywhere else than we were told to be. Empty when there is no
     * address to be on.
     */
    Optional<InetSocketAddress> dialByProxy() {
        return Stream.concat(v4.stream(), v6.stream())
                .findFirst()
                .map(local -> new InetSocketAddress(local, 0));
    }

    /** For searches: an address of each family that is used; empty: any of both. */
    List<InetAddress> senders() {
        return isAny(v4) && isAny(v6)
                ? List.of()
                : Stream.concat(v4.stream().limit(1), v6.stream().limit(1)).toList();
    }

    /** Whether all addresses of another binding are here, too: what was made on them may go on. */
    boolean covers(Binding other) {
        return v4.containsAll(other.v4) && v6.containsAll(other.v6);
    }
}
