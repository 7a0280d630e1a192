package org.bittern.peer.internal.fake;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.peer.internal.wire.Handshake;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.RateLimit;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.bittern.spi.peer.PeerProtocol.LinkHost;
import org.bittern.spi.peer.PeerProtocol.LinkRouter;
import org.jspecify.annotations.Nullable;

/** A torrent as one side sees it: what it says and whom it lets in. */
public final class TestPeer implements LinkRouter, LinkHost {
    public static final byte[] HASH = "info-hash-of-20-byte".getBytes(StandardCharsets.US_ASCII);

    public final FakeLoop loop;
    public final RecordedEvents events = new RecordedEvents();
    public Features features = Frames.ALL;
    public EncryptionPolicy encryption = EncryptionPolicy.BOTH;
    public int pieceCount = 100;
    public RateLimit down = RateLimit.NONE;
    public RateLimit up = RateLimit.NONE;
    public List<String> withheld = List.of();
    public byte @Nullable [] upgrade; // null: the torrent is no hybrid
    public boolean full;
    public boolean known = true;
    private final byte[] peerId;

    public TestPeer(FakeLoop loop, String peerId) {
        this.loop = loop;
        this.peerId = peerId.getBytes(StandardCharsets.US_ASCII);
    }

    public LinkSpec spec() {
        return new LinkSpec(
                HASH,
                Optional.ofNullable(upgrade),
                peerId,
                features,
                encryption,
                pieceCount,
                down,
                up,
                Frames.hello(Map.of(), withheld));
    }

    /** The 68 bytes that this peer begins with. */
    public byte[] handshake() {
        return Handshake.encode(features, HASH, peerId);
    }

    @Override
    public @Nullable LinkHost find(byte[] infoHash) {
        return known && Arrays.equals(infoHash, HASH) ? this : null;
    }

    @Override
    public Iterable<byte[]> infoHashes() {
        return known ? List.of(new byte[20], HASH) : List.of(new byte[20]);
    }

    @Override
    public EncryptionPolicy incomingEncryption() {
        return encryption;
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public LinkSpec spec(Connection connection) {
        return spec();
    }

    @Override
    public @Nullable LinkEvents welcome(Connection connection) {
        return full ? null : events;
    }
}
