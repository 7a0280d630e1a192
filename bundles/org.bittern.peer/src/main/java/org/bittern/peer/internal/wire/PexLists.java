package org.bittern.peer.internal.wire;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerMessage.PexPeer;
import org.jspecify.annotations.Nullable;

/** The compact lists of a ut_pex message (BEP 11). */
final class PexLists {
    private static final int V4_STRIDE = Addresses.V4_BYTES + Short.BYTES;
    private static final int V6_STRIDE = Addresses.V6_BYTES + Short.BYTES;

    private final BDict dict;

    PexLists(BDict dict) {
        this.dict = dict;
    }

    /** Why the message is refused, null when it is welcome. */
    @Nullable String fault() {
        for (String key : List.of("added", "dropped", "added6", "dropped6")) {
            int stride = key.endsWith("6") ? V6_STRIDE : V4_STRIDE;
            int bytes = bytes(key).length();
            if (bytes % stride != 0) {
                return "ut_pex with %s of %d bytes, each peer has %d".formatted(key, bytes, stride);
            }
        }
        return null;
    }

    PeerMessage.Pex message() {
        List<PexPeer> added = new ArrayList<>();
        addTo(added, "added", Addresses.V4_BYTES);
        addTo(added, "added6", Addresses.V6_BYTES);
        List<InetSocketAddress> dropped = new ArrayList<>();
        addresses("dropped", Addresses.V4_BYTES).stream()
                .filter(PexLists::usable)
                .forEach(dropped::add);
        addresses("dropped6", Addresses.V6_BYTES).stream()
                .filter(PexLists::usable)
                .forEach(dropped::add);
        return new PeerMessage.Pex(List.copyOf(added), List.copyOf(dropped));
    }

    private void addTo(List<PexPeer> added, String key, int addressBytes) {
        BString flags = bytes(key + ".f");
        List<InetSocketAddress> addresses = addresses(key, addressBytes);
        for (int i = 0; i < addresses.size(); i++) {
            if (usable(addresses.get(i))) {
                int flag = i < flags.length() ? Byte.toUnsignedInt(flags.byteAt(i)) : 0;
                added.add(new PexPeer(addresses.get(i), flag));
            }
        }
    }

    private List<InetSocketAddress> addresses(String key, int addressBytes) {
        ByteBuffer list = bytes(key).buffer();
        List<InetSocketAddress> addresses = new ArrayList<>();
        while (list.hasRemaining() && addresses.size() < WireLimits.MAX_PEX_PEERS) {
            addresses.add(Addresses.read(list, addressBytes));
        }
        return addresses;
    }

    private static boolean usable(InetSocketAddress address) {
        return address.getPort() != 0;
    }

    private BString bytes(String key) {
        return dict.string(key).orElse(BString.EMPTY);
    }
}
