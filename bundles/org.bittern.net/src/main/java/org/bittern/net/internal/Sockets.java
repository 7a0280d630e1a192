package org.bittern.net.internal;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.NetworkChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sockets of all kinds have in common: families, addresses, quiet closing. */
final class Sockets {
    private static final Logger log = LoggerFactory.getLogger(Sockets.class);

    private Sockets() {}

    /**
     * The family of a socket that is bound to an address.
     *
     * @return null for a wildcard: the socket speaks both families where the machine does
     */
    static @Nullable ProtocolFamily familyToBind(InetAddress local) {
        return local.isAnyLocalAddress() ? null : familyOf(local);
    }

    static StandardProtocolFamily familyOf(InetAddress address) {
        return address instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }

    /** The Internet address of a bound or connected socket. */
    static InetSocketAddress inet(@Nullable SocketAddress address) throws IOException {
        if (address instanceof InetSocketAddress inet) {
            return inet;
        }
        throw new IOException("socket without an Internet address: " + address);
    }

    /** The address of a resolved socket address. */
    static InetAddress host(InetSocketAddress address) throws IOException {
        InetAddress host = address.getAddress();
        if (host == null) {
            throw new IOException("unresolved address " + address);
        }
        return host;
    }

    static void closeQuietly(Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("closing {}: {}", channel, e.toString());
        }
    }

    /** One line for counters and logs. */
    static String reason(IOException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    /** An option of a channel that not every machine has; null where it is missing. */
    static @Nullable SocketOption<Boolean> flag(NetworkChannel channel, String name) {
        for (SocketOption<?> option : channel.supportedOptions()) {
            if (option.name().equals(name) && option.type().equals(Boolean.class)) {
                @SuppressWarnings("unchecked") // its type was just looked at
                SocketOption<Boolean> found = (SocketOption<Boolean>) option;
                return found;
            }
        }
        return null;
    }
}
