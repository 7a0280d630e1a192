package org.bittern.lsd.internal;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two multicast groups of BEP 14 on the interfaces of this machine. Sockets block, so each has
 * a virtual thread, and so has each sending. Thread-safe.
 */
final class MulticastAir implements Air {
    /** Port of both groups. */
    static final int PORT = 6771;

    private static final Logger log = LoggerFactory.getLogger(MulticastAir.class);

    private static final Group V4 =
            new Group(
                    StandardProtocolFamily.INET,
                    InetAddress.ofLiteral("239.192.152.143"),
                    "239.192.152.143:6771");
    private static final Group V6 =
            new Group(
                    StandardProtocolFamily.INET6,
                    InetAddress.ofLiteral("ff15::efc0:988f"),
                    "[ff15::efc0:988f]:6771");

    /**
     * A multicast group.
     *
     * @param host how messages to it name it
     */
    private record Group(ProtocolFamily family, InetAddress address, String host) {
        static Group of(InetAddress local) {
            return local instanceof Inet4Address ? V4 : V6;
        }
    }

    /** The interfaces as they are at this moment; they come and go. */
    interface Surroundings {
        LocalNet now() throws SocketException;
    }

    private final Surroundings around;
    private final Ear ear;
    // Guarded by this: opened, joined and closed by different threads.
    private final Map<Group, DatagramChannel> listening = new HashMap<>();
    private boolean closed;

    /**
     * Nothing is open until the first message is sent.
     *
     * @param bind our addresses; empty: any
     */
    MulticastAir(List<InetAddress> bind, Ear ear) {
        this(() -> LocalNet.now(bind), ear);
    }

    MulticastAir(Surroundings around, Ear ear) {
        this.around = around;
        this.ear = ear;
    }

    @Override
    public void send(LsdMessage message) {
        Thread.ofVirtual()
                .name("lsd-send")
                .start(() -> {
                    try {
                        LocalNet net = around.now();
                        listen(net);
                        net.places().forEach(place -> send(message, place));
                    } catch (IOException e) {
                        log.debug("no local discovery: {}", e.getMessage());
                    }
                });
    }

    private static void send(LsdMessage message, LocalNet.Place place) {
        Group group = Group.of(place.address());
        try (DatagramChannel channel = DatagramChannel.open(group.family)) {
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, place.nic());
            channel.bind(new InetSocketAddress(place.address(), 0));
            channel.send(
                    ByteBuffer.wrap(message.encode(group.host)),
                    new InetSocketAddress(group.address, PORT));
        } catch (IOException e) {
            log.debug("local discovery from {}: {}", place.address(), e.getMessage());
        }
    }

    /** Joins the groups on interfaces that are new. */
    private synchronized void listen(LocalNet net) {
        for (LocalNet.Place place : net.places()) {
            Group group = Group.of(place.address());
            try {
                if (!closed) {
                    channel(group).join(group.address, place.nic());
                }
            } catch (IOException | IllegalArgumentException e) {
                log.debug("local discovery on {}: {}", place.nic(), e.getMessage());
            }
        }
    }

    private DatagramChannel channel(Group group) throws IOException {
        DatagramChannel present = listening.get(group);
        if (present != null) {
            return present;
        }
        DatagramChannel channel = DatagramChannel.open(group.family);
        try {
            // All programs of this machine listen on the same port.
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(PORT));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        listening.put(group, channel);
        Thread.ofVirtual().name("lsd-" + group.host).start(() -> receive(channel));
        return channel;
    }

    /** Hears what comes until the channel is closed. Blocks. */
    void receive(DatagramChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocate(LsdMessage.MAX_BYTES + 1);
        try {
            while (true) {
                buffer.clear();
                InetSocketAddress from = (InetSocketAddress) channel.receive(buffer);
                if (isNear(from.getAddress())) {
                    byte[] copy = new byte[buffer.flip().remaining()];
                    buffer.get(copy);
                    ear.heard(copy, from.getAddress());
                }
            }
        } catch (IOException e) {
            log.trace("local discovery ends: {}", e.toString());
        }
    }

    private boolean isNear(InetAddress other) {
        try {
            return around.now().reaches(other);
        } catch (SocketException e) { // one interface has gone: no reason to hear no more
            log.debug("local discovery looks at interfaces: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (DatagramChannel channel : listening.values()) {
            try {
                channel.close();
            } catch (IOException e) {
                log.debug("closing local discovery", e);
            }
        }
        listening.clear();
    }
}
