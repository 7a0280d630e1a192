package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.spi.net.AddressScope;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/** What goes through the extension protocol (BEP 10) with one peer. Owned by the torrent's loop. */
final class ExtensionSide {
    private static final long EXCHANGE_NANOS = TimeUnit.MINUTES.toNanos(1); // BEP 11
    private static final int MOST_EXCHANGED = 50; // BEP 11

    /** Exchanges of a peer that are looked at in a minute; BEP 11 allows one. */
    private static final int MOST_EXCHANGES = 6;

    private static final int METADATA_PIECE = 16_384; // BEP 9

    /**
     * Metadata is refused while more than this waits: whoever asks does not read (libtorrent's).
     */
    private static final int MOST_QUEUED_BYTES = 10 * METADATA_PIECE;

    private static final int MOST_CLIENT_CHARS = 100;

    /** DHT nodes that a peer may name: its own, and the same again after it was moved. */
    private static final int MOST_NODES = 2;

    private static final int PEX_SEED = 2;
    static final int PEX_UTP = 4;
    private static final int PEX_HOLEPUNCH = 8;
    private static final int PEX_REACHABLE = 16;

    private final PeerSession peer;
    private final Set<InetSocketAddress> told = new HashSet<>(0);
    private final Introductions introductions = new Introductions();
    private String client = "";
    private boolean uploadOnly;
    private boolean greeted; // it can read what we say
    private boolean toldUploadOnly;
    private int nodes;
    private OptionalInt listenPort = OptionalInt.empty();
    private long metadataBytes;
    private boolean exchanges;
    private long lastExchangeNanos;
    private long minuteBegan; // of the peer's exchanges
    private int exchangesInMinute;

    ExtensionSide(PeerSession peer) {
        this.peer = peer;
        toldUploadOnly = wantsNothing(); // our handshake says it, which is made at this moment
    }

    /** Whether we want nothing, as far as the peer shall know (BEP 21). */
    private boolean wantsNothing() {
        Content content = peer.torrent().content();
        return content != null
                && content.finished()
                && !peer.torrent().swarm().superSeeder().begins();
    }

    /** Tells the peer whether we want nothing, or want something again, when that is new. */
    void tellWants() {
        if (greeted && peer.isOpen() && toldUploadOnly != wantsNothing()) {
            toldUploadOnly = !toldUploadOnly;
            peer.link().send(new PeerMessage.UploadOnly(toldUploadOnly));
        }
    }

    /** The peer runs a DHT node. Asking it costs us something, so a flood of them is not heard. */
    void node(int port) {
        if (++nodes <= MOST_NODES) {
            peer.torrent().discovery().node(peer.address(), port);
        }
    }

    void opened() {
        lastExchangeNanos = peer.torrent().loop().nanoTime() - EXCHANGE_NANOS;
        client = ClientNames.of(peer.link().peerId());
        if (peer.link().features().dht()
                && peer.torrent().session().listenPort() > 0
                && !peer.torrent().isPrivate()
                && peer.torrent().session().setting(NetworkSettings.DHT_ENABLED)
                && peer.torrent().session().parts().hasFinder("dht")) {
            peer.link().send(new PeerMessage.DhtPort(peer.torrent().session().listenPort()));
        }
    }

    /** What the peer has said of itself, as one handshake; empty when it has said nothing. */
    Optional<PeerMessage> said() {
        if (!greeted) {
            return Optional.empty();
        }
        return Optional.of(
                new PeerMessage.ExtendedHandshake(
                        Map.of(
                                "ut_pex",
                                id(exchanges),
                                Holepunch.NAME,
                                id(introductions.offered())),
                        List.of(),
                        client,
                        listenPort,
                        OptionalInt.of(peer.down().peerLimit()),
                        metadataBytes > 0 ? OptionalLong.of(metadataBytes) : OptionalLong.empty(),
                        uploadOnly,
                        Optional.empty()));
    }

    private static int id(boolean offered) {
        return offered ? 1 : 0;
    }

    /** Whether the peer knows us as one that wants nothing (BEP 21). */
    boolean toldUploadOnly() {
        return toldUploadOnly;
    }

    /** Goes on where another engine has stopped, which had told so. */
    void takeUp(boolean uploadOnlyTold) {
        opened();
        toldUploadOnly = uploadOnlyTold;
    }

    String client() {
        return client;
    }

    /** The peer wants nothing (BEP 21). */
    boolean uploadOnly() {
        return uploadOnly;
    }

    /** Size of the metadata as the peer says, 0 when it does not. */
    long metadataBytes() {
        return metadataBytes;
    }

    /** Where the peer can be dialled; null when that is not known. */
    @Nullable InetSocketAddress dialAddress() {
        if (peer.origin().isWebSeed()) {
            return null;
        }
        if (!peer.link().incoming()) {
            return peer.address();
        }
        return listenPort.isPresent()
                ? new InetSocketAddress(peer.address().getAddress(), listenPort.getAsInt())
                : null;
    }

    /** A handshake; one that comes later changes what it mentions, and nothing else (BEP 10). */
    void hello(PeerMessage.ExtendedHandshake hello) {
        if (!hello.client().isBlank()) {
            String name = hello.client().strip();
            client = name.substring(0, Math.min(MOST_CLIENT_CHARS, name.length()));
        }
        hello.requestQueue().ifPresent(peer.down()::peerLimit);
        // Once: each would be one more address to dial.
        if (listenPort.isEmpty() && hello.listenPort().orElse(0) > 0) {
            listenPort = hello.listenPort();
            peer.torrent().dialler().listensOn(peer, listenPort.getAsInt());
        }
        exchanges = speaks(hello, "ut_pex", exchanges);
        introductions.offered(speaks(hello, Holepunch.NAME, introductions.offered()));
        uploadOnly |= hello.uploadOnly();
        metadataBytes = hello.metadataBytes().orElse(metadataBytes);
        greeted = true;
        tellWants();
        peer.torrent().metadata().offered(peer);
        peer.torrent().swarm().gained(peer);
    }

    /** Whether the peer takes messages of this name; the id 0 takes that back. */
    private static boolean speaks(
            PeerMessage.ExtendedHandshake hello, String name, boolean before) {
        Integer id = hello.extensions().get(name);
        return id == null ? before : id > 0;
    }

    void uploadOnly(boolean now) {
        uploadOnly = now;
        peer.torrent().swarm().gained(peer);
    }

    // ---- metadata (BEP 9)

    void metadataRequested(PeerMessage.MetadataRequest request) {
        Content content = peer.torrent().content();
        ByteBuffer raw = content == null ? null : content.metainfo().rawInfo();
        long begin = (long) request.piece() * METADATA_PIECE;
        if (raw == null
                || peer.torrent().isPrivate()
                || begin >= raw.limit()
                || peer.link().queuedBytes() > MOST_QUEUED_BYTES) {
            peer.link().send(new PeerMessage.MetadataReject(request.piece()));
            return;
        }
        byte[] data = new byte[(int) Math.min(METADATA_PIECE, raw.limit() - begin)];
        raw.get((int) begin, data);
        peer.link().send(new PeerMessage.MetadataData(request.piece(), raw.limit(), data));
    }

    // ---- peer exchange (BEP 11)

    /** The peer tells of others. Adding them costs time, so a flood of them is not looked at. */
    void exchanged(PeerMessage.Pex pex, long nowNanos) {
        if (exchangesInMinute == 0 || nowNanos - minuteBegan >= EXCHANGE_NANOS) {
            minuteBegan = nowNanos;
            exchangesInMinute = 0;
        }
        if (++exchangesInMinute <= MOST_EXCHANGES) {
            List<PeerMessage.PexPeer> credible =
                    pex.added().stream()
                            .filter(other -> mayHear(peer.address(), other.address()))
                            .toList();
            introductions.named(credible);
            introductions.dropped(pex.dropped());
            boolean trusted = peer.address().getAddress().isLoopbackAddress();
            peer.torrent().discovery().exchanged(credible, trusted);
        }
    }

    /** Nobody leads us further inside than he is, nor hears of what is further inside. */
    static boolean mayHear(InetSocketAddress one, InetSocketAddress of) {
        return !AddressScope.of(one.getAddress()).isOutside(AddressScope.of(of.getAddress()));
    }

    /** Once a second: tells the peer of others when it is time. */
    void pulse(long nowNanos) {
        if (exchanges
                && nowNanos - lastExchangeNanos >= EXCHANGE_NANOS
                && !peer.torrent().isPrivate()
                && peer.torrent().session().setting(NetworkSettings.PEX_ENABLED)) {
            lastExchangeNanos = nowNanos;
            exchange();
        }
    }

    private void exchange() {
        List<PeerMessage.PexPeer> added = new ArrayList<>();
        Set<InetSocketAddress> present = new HashSet<>();
        for (PeerSession other : peer.torrent().swarm().peers()) {
            InetSocketAddress address = other.extension().dialAddress();
            if (other == peer || address == null || !mayHear(peer.address(), address)) {
                continue;
            }
            present.add(address);
            if (added.size() < MOST_EXCHANGED && told.add(address)) {
                int flags = other.has().complete() ? PEX_SEED : 0;
                flags |= other.link().incoming() ? 0 : PEX_REACHABLE;
                flags |= other.torrent().dialler().utp().contains(address) ? PEX_UTP : 0;
                flags |= other.extension().introductions().offered() ? PEX_HOLEPUNCH : 0;
                added.add(new PeerMessage.PexPeer(address, flags));
            }
        }
        List<InetSocketAddress> dropped = new ArrayList<>();
        told.removeIf(address ->
                !present.contains(address)
                        && dropped.size() < MOST_EXCHANGED
                        && dropped.add(address));
        if (!added.isEmpty() || !dropped.isEmpty()) {
            peer.link().send(new PeerMessage.Pex(added, dropped));
        }
    }

    // ---- holepunching (BEP 55)

    Introductions introductions() {
        return introductions;
    }
}
