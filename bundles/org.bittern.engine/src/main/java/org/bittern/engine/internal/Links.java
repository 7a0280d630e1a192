package org.bittern.engine.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.engine.internal.limits.LimitChain;
import org.bittern.engine.internal.limits.SpeedTree;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.RateBucket;
import org.bittern.spi.net.RateLimit;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerProtocol;
import org.jspecify.annotations.Nullable;

/** What a torrent brings to each of its links: identity, offers, rate limits. Owned by its loop. */
final class Links {
    private static final String PEER_ID_CHARACTERS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private final TorrentCore torrent;
    private final byte[] peerId;
    private final LimitChain down = new LimitChain();
    private final LimitChain up = new LimitChain();
    private final LimitChain localDown = new LimitChain();
    private final LimitChain localUp = new LimitChain();
    private @Nullable RateBucket ownDown; // null until it had a limit of its own
    private @Nullable RateBucket ownUp; // null until it had a limit of its own
    private long downLimit = Long.MAX_VALUE;

    Links(TorrentCore torrent) {
        this.torrent = torrent;
        peerId = newPeerId(torrent.session().random());
        limitsChanged();
    }

    private static byte[] newPeerId(RandomGenerator random) {
        byte[] chosen = new byte[PeerProtocol.HASH_BYTES - SessionScope.PEER_ID_PREFIX.length()];
        random.nextBytes(chosen);
        StringBuilder id = new StringBuilder(SessionScope.PEER_ID_PREFIX);
        for (byte one : chosen) {
            id.append(PEER_ID_CHARACTERS.charAt((one & 0xff) % PEER_ID_CHARACTERS.length()));
        }
        return id.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Our 20 bytes in this torrent and run; shared. */
    byte[] peerId() {
        return peerId;
    }

    /** Asked before payload of any peer is read. */
    RateLimit down() {
        return down;
    }

    /**
     * What limits let come at most, those that are shared with other torrents as a whole.
     *
     * @return bytes per second, {@code Long.MAX_VALUE} without a limit
     */
    long downLimit() {
        return downLimit;
    }

    /** The options of the torrent changed. */
    void limitsChanged() {
        Settings options = torrent.options();
        SpeedTree speeds = torrent.session().speeds();
        String sharing = torrent.session().policies().sharing(options, torrent.commands().labels());
        List<RateLimit> downs = speeds.downLimits(sharing, options);
        List<RateLimit> ups = speeds.upLimits(sharing, options);
        ownDown = own(ownDown, TorrentOptions.DOWNLOAD_LIMITED, TorrentOptions.DOWNLOAD_LIMIT);
        ownUp = own(ownUp, TorrentOptions.UPLOAD_LIMITED, TorrentOptions.UPLOAD_LIMIT);
        long ownRate = rate(TorrentOptions.DOWNLOAD_LIMITED, TorrentOptions.DOWNLOAD_LIMIT);
        downLimit =
                Math.min(ownRate > 0 ? ownRate : Long.MAX_VALUE, speeds.downRate(sharing, options));
        boolean localToo = torrent.session().setting(EngineSettings.LIMIT_LAN_PEERS);
        use(ownDown, downs, down, localToo, localDown);
        use(ownUp, ups, up, localToo, localUp);
    }

    private @Nullable RateBucket own(
            @Nullable RateBucket present, Setting<Boolean> limited, Setting<Long> limit) {
        long rate = rate(limited, limit);
        RateBucket bucket = present;
        if (bucket != null) {
            bucket.rate(rate);
        } else if (rate > 0) {
            bucket = torrent.session().speeds().bucket(rate);
        }
        return bucket;
    }

    /** A limit of its own, 0: none. */
    private long rate(Setting<Boolean> limited, Setting<Long> limit) {
        Settings options = torrent.options();
        return options.get(limited) ? options.get(limit) : 0;
    }

    private static void use(
            @Nullable RateBucket own,
            List<RateLimit> shared,
            LimitChain chain,
            boolean localToo,
            LimitChain local) {
        List<RateLimit> all = new ArrayList<>(shared);
        if (own != null) {
            all.addFirst(own);
        }
        chain.use(all.toArray(RateLimit[]::new));
        local.use(localToo ? all.toArray(RateLimit[]::new) : new RateLimit[0]);
    }

    /**
     * What we bring.
     *
     * @param wireHash 20 bytes: which of the torrent's swarms
     */
    LinkSpec spec(Connection connection, byte[] wireHash) {
        Content content = torrent.content();
        boolean dht =
                !torrent.isPrivate()
                        && torrent.session().setting(NetworkSettings.DHT_ENABLED)
                        && torrent.session().parts().hasFinder("dht");
        Optional<byte[]> upgrade = upgrade(wireHash);
        boolean local = SpeedTree.isLocal(connection.remote().getAddress());
        return new LinkSpec(
                wireHash,
                upgrade,
                peerId,
                new Features(true, true, dht, upgrade.isPresent()),
                encryption(torrent.session()),
                content == null ? 0 : content.map().pieceCount(),
                local ? localDown : down,
                local ? localUp : up,
                hello(connection, content));
    }

    /** The v2 hash for links of the v1 swarm of a hybrid. */
    private Optional<byte[]> upgrade(byte[] wireHash) {
        InfoHash infoHash = torrent.swarms();
        boolean fromV1 = infoHash.isHybrid() && Arrays.equals(wireHash, infoHash.wireHash());
        return fromV1 ? infoHash.truncatedV2() : Optional.empty();
    }

    /** Whether this is how the v2 swarm knows the torrent. */
    boolean isV2(byte[] wireHash) {
        return torrent.swarms()
                .truncatedV2()
                .filter(hash -> Arrays.equals(hash, wireHash))
                .isPresent();
    }

    /** Which forms of link the settings allow. */
    static PeerProtocol.EncryptionPolicy encryption(SessionScope session) {
        return switch (session.setting(EngineSettings.ENCRYPTION)) {
            case REQUIRED -> PeerProtocol.EncryptionPolicy.RC4_ONLY;
            case PREFERRED, TOLERATED -> PeerProtocol.EncryptionPolicy.BOTH;
            case DISABLED -> PeerProtocol.EncryptionPolicy.PLAINTEXT_ONLY;
        };
    }

    private PeerMessage.ExtendedHandshake hello(Connection connection, @Nullable Content content) {
        List<String> withheld = new ArrayList<>();
        if (!Holepunch.isUsed(torrent)) {
            withheld.add(Holepunch.NAME);
        }
        if (torrent.isPrivate() || !torrent.session().setting(NetworkSettings.PEX_ENABLED)) {
            withheld.add("ut_pex");
        }
        if (torrent.isPrivate()) {
            withheld.add("ut_metadata"); // who knows no more than the hash was not let in (BEP 27)
        }
        int port = torrent.session().reachablePort();
        return new PeerMessage.ExtendedHandshake(
                Map.of(),
                withheld,
                SessionScope.CLIENT,
                port > 0 ? OptionalInt.of(port) : OptionalInt.empty(),
                OptionalInt.of(torrent.session().setting(EngineSettings.REQQ)),
                content == null || torrent.isPrivate()
                        ? OptionalLong.empty()
                        : OptionalLong.of(content.metainfo().rawInfo().limit()),
                content != null && content.finished() && !torrent.swarm().superSeeder().begins(),
                Optional.of(connection.remote().getAddress().getAddress()));
    }

    /** The door for peers of one of the torrent's swarms. Any thread may ask for the loop. */
    static final class Door implements PeerProtocol.LinkHost {
        private final TorrentCore torrent;
        private final byte[] wireHash;

        Door(TorrentCore torrent, byte[] wireHash) {
            this.torrent = torrent;
            this.wireHash = wireHash;
        }

        TorrentCore torrent() {
            return torrent;
        }

        @Override
        public EventLoop loop() {
            return torrent.loop();
        }

        @Override
        public LinkSpec spec(Connection connection) {
            return torrent.links().spec(connection, wireHash);
        }

        @Override
        public @Nullable LinkEvents welcome(Connection connection) {
            boolean byV2 = torrent.links().isV2(wireHash);
            PeerSession peer = torrent.swarm().reception().welcome(connection, byV2);
            return peer == null ? null : new GuardedEvents(torrent, peer);
        }
    }
}
