package org.bittern.engine.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * Brings peers together that cannot dial each other, because a router before each lets nobody in to
 * whom nothing was sent before. A third peer that both are connected with tells each of the other,
 * and both dial at once over uTP. We do all three parts: asking for it, being told, telling. Owned
 * by the torrent's loop.
 *
 * <p>Whoever tells us makes us send a few small packets to an address of his choice: so few a
 * minute are believed, none for the local network from outside, and none that a filter blocks.
 *
 * @see <a href="https://www.bittorrent.org/beps/bep_0055.html">BEP 55</a>
 */
final class Holepunch {
    /** Its name in the extension protocol. */
    static final String NAME = "ut_holepunch";

    static final int RENDEZVOUS = 0;
    static final int CONNECT = 1;
    static final int ERROR = 2;

    static final int NO_SUCH_PEER = 1;
    static final int NOT_CONNECTED = 2;
    static final int NO_SUPPORT = 3;
    static final int NO_SELF = 4;

    private final TorrentCore torrent;

    Holepunch(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /**
     * Whether there is any use in it: it needs uTP, and whom private torrents are about is secret.
     */
    static boolean isUsed(TorrentCore torrent) {
        return !torrent.isPrivate()
                && torrent.session().setting(NetworkSettings.PEX_ENABLED)
                && torrent.session().transports().stream()
                        .anyMatch(transport -> transport.name().equals("utp"));
    }

    /** A peer could not be reached: somebody who named it may be able to help. */
    void unreachable(InetSocketAddress address) {
        if (!isUsed(torrent)) {
            return;
        }
        for (PeerSession peer : torrent.swarm().peers()) {
            if (peer.extension().introductions().knows(address)) {
                peer.link().send(new PeerMessage.Holepunch(RENDEZVOUS, address, 0));
                return;
            }
        }
    }

    /** A peer says something about it. */
    void received(PeerSession from, PeerMessage.Holepunch message) {
        if (!isUsed(torrent)
                || !from.extension().introductions().offered() // it could not read our answer
                || !from.extension().introductions().admits(torrent.loop().nanoTime())) {
            return;
        }
        InetSocketAddress address = message.address();
        switch (message.type()) {
            case RENDEZVOUS -> introduce(from, address);
            case CONNECT -> {
                if (ExtensionSide.mayHear(from.address(), address)) {
                    torrent.dialler().punch(address, isLocal(from.address().getAddress()));
                }
            }
            default -> {
                // an error: the peer stays unreachable, and is tried again as others are
            }
        }
    }

    private void introduce(PeerSession asking, InetSocketAddress wanted) {
        PeerSession other = at(wanted);
        int error = 0;
        if (wanted.getPort() == 0 || wanted.getAddress().isAnyLocalAddress()) {
            error = NO_SUCH_PEER;
        } else if (other == null
                || !ExtensionSide.mayHear(asking.address(), other.address())
                || !ExtensionSide.mayHear(other.address(), asking.address())) {
            error = NOT_CONNECTED;
        } else if (other == asking) {
            error = NO_SELF;
        } else if (!other.extension().introductions().offered()) {
            error = NO_SUPPORT;
        }
        if (error != 0 || other == null) {
            asking.link().send(new PeerMessage.Holepunch(ERROR, wanted, error));
            return;
        }
        other.link().send(new PeerMessage.Holepunch(CONNECT, place(asking), 0));
        asking.link().send(new PeerMessage.Holepunch(CONNECT, wanted, 0));
    }

    private @Nullable PeerSession at(InetSocketAddress address) {
        for (PeerSession peer : torrent.swarm().peers()) {
            if (address.equals(peer.address()) || address.equals(peer.extension().dialAddress())) {
                return peer;
            }
        }
        return null;
    }

    /** Where packets reach a peer: over uTP its socket, otherwise the port that it named. */
    private static InetSocketAddress place(PeerSession peer) {
        InetSocketAddress named = peer.extension().dialAddress();
        return peer.link().transport().equals("utp") || named == null ? peer.address() : named;
    }

    private static boolean isLocal(InetAddress address) {
        return address.isLoopbackAddress() || address.isLinkLocalAddress();
    }
}
