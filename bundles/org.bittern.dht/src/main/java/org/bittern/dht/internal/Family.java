package org.bittern.dht.internal;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bittern.bencode.BString;

/** The two DHTs, each with a routing table of its own (BEP 32), and their compact forms. */
enum Family {
    V4("nodes", "n4", 4),
    V6("nodes6", "n6", 16);

    private static final int PORT_BYTES = 2;

    private final String nodesKey;
    private final String want;
    private final int addressBytes;

    Family(String nodesKey, String want, int addressBytes) {
        this.nodesKey = nodesKey;
        this.want = want;
        this.addressBytes = addressBytes;
    }

    static Family of(InetAddress address) {
        return address instanceof Inet4Address ? V4 : V6;
    }

    static Family of(InetSocketAddress address) {
        return of(address.getAddress());
    }

    /** The key of its nodes in a reply. */
    String nodesKey() {
        return nodesKey;
    }

    /** How a query asks for its nodes (BEP 32). */
    String want() {
        return want;
    }

    /** Length of one of its nodes. */
    int nodeBytes() {
        return NodeId.BYTES + addressBytes + PORT_BYTES;
    }

    /** Length of one of its peers as a string of its own. */
    int peerBytes() {
        int bytes = addressBytes + PORT_BYTES;
        return String.valueOf(bytes).length() + 1 + bytes;
    }

    // nodes: (<id 20><address 4 or 16><port 2>)*   BEP 5, 32
    BString nodes(List<Contact> contacts) {
        ByteBuffer to = ByteBuffer.allocate(contacts.size() * nodeBytes());
        for (Contact contact : contacts) {
            to.put(contact.id().bytes());
            put(contact.address(), to);
        }
        return new BString(to.array());
    }

    /**
     * Reads nodes off the wire; none when the length does not fit.
     *
     * @param most how many are read
     */
    List<Contact> nodes(BString text, int most) {
        int stride = nodeBytes();
        List<Contact> contacts = new ArrayList<>();
        ByteBuffer from = ByteBuffer.wrap(text.bytes());
        if (from.limit() % stride != 0) {
            return contacts;
        }
        while (from.hasRemaining() && contacts.size() < most) {
            byte[] id = new byte[NodeId.BYTES];
            from.get(id);
            endpoint(from).ifPresent(at -> contacts.add(new Contact(NodeId.of(id), at)));
        }
        return contacts;
    }

    // peer: <address 4 or 16><port 2>
    BString peer(InetSocketAddress peer) {
        ByteBuffer to = ByteBuffer.allocate(addressBytes + PORT_BYTES);
        put(peer, to);
        return new BString(to.array());
    }

    /** Reads one peer of any family; empty when it is none or its port is 0. */
    static Optional<InetSocketAddress> peer(BString text) {
        for (Family family : values()) {
            if (text.length() == family.addressBytes + PORT_BYTES) {
                return family.endpoint(ByteBuffer.wrap(text.bytes()));
            }
        }
        return Optional.empty();
    }

    private static void put(InetSocketAddress address, ByteBuffer to) {
        to.put(address.getAddress().getAddress()).putShort((short) address.getPort());
    }

    private Optional<InetSocketAddress> endpoint(ByteBuffer from) {
        byte[] raw = new byte[addressBytes];
        from.get(raw);
        int port = Short.toUnsignedInt(from.getShort());
        try {
            InetAddress address = InetAddress.getByAddress(raw);
            // A mapped IPv4 address becomes one of IPv4: it has no place in the other DHT.
            return port == 0 || of(address) != this
                    ? Optional.empty()
                    : Optional.of(new InetSocketAddress(address, port));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("address of " + raw.length + " bytes", e);
        }
    }
}
