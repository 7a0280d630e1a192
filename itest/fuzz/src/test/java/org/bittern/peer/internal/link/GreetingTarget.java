package org.bittern.peer.internal.link;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.bittern.fuzz.FedConnection;
import org.bittern.fuzz.Parts;
import org.bittern.peer.internal.mse.DhKeys;
import org.bittern.peer.internal.mse.MseInitiator;
import org.bittern.peer.internal.mse.MseOutcome;
import org.bittern.peer.internal.mse.MseResponder;
import org.bittern.peer.internal.mse.Rc4;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.net.RateLimit;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerProtocol;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.bittern.testkit.CheckedBuffers;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;
import org.jspecify.annotations.Nullable;

/**
 * Handshakes as they are dialled and accepted, in plaintext and encrypted (MSE), with strangers who
 * say anything, and cut it into reads anyhow. Half of them exchange keys honestly first, or noise
 * would never come behind that. Each handshake ends in time, and leaves neither a place among the
 * half-open ones nor memory behind.
 */
public final class GreetingTarget {
    private static final byte[] TORRENT =
            HexFormat.of().parseHex("2c6b6858d61da9543d4231a71db4b1c9264b0685");
    private static final InetSocketAddress STRANGER =
            new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), 6_881);
    private static final Duration MOMENT = Duration.ofMillis(10);
    private static final DhKeys KEYS = DhKeys.random(new Random(2)); // the stranger's

    private final VirtualTime time = new VirtualTime();
    private final CheckedBuffers buffers = new CheckedBuffers();
    private final VirtualLoop loop = new VirtualLoop(time, "socket", buffers);
    private final VirtualLoop torrentLoop = new VirtualLoop(time, "torrent", buffers);
    private final LoopShares shares = new LoopShares(Runnable::run, new Random(1));
    private final EncryptionPolicy policy;
    private final Heard heard = new Heard();
    private @Nullable Rc4 seal; // null while what the stranger says is plaintext

    private GreetingTarget(int choice) {
        EncryptionPolicy[] policies = EncryptionPolicy.values();
        policy = policies[choice % policies.length];
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Parts parts = new Parts(input);
        int choice = parts.number();
        GreetingTarget target = new GreetingTarget(choice >> 2);
        FedConnection connection =
                (choice & 1) == 0
                        ? target.accepting(parts, (choice & 2) == 0)
                        : target.dialling(parts, (choice & 2) == 0);
        while (parts.more()) {
            connection.feed(target.sealed(parts.part()));
            target.time.run(Duration.ofMillis(parts.number() * 20L));
        }
        target.end(connection);
    }

    private byte[] sealed(byte[] part) {
        if (seal != null) {
            seal.apply(ByteBuffer.wrap(part));
        }
        return part;
    }

    // ---- accepting

    private FedConnection accepting(Parts parts, boolean honest) {
        FedConnection connection = new FedConnection(loop, STRANGER);
        loop.turn(() -> shares.accept(connection, new Torrents()));
        if (honest) {
            MseInitiator stranger =
                    new MseInitiator(KEYS, TORRENT, EncryptionPolicy.BOTH, new Random(3));
            connection.feed(stranger.hello());
            time.run(MOMENT);
            secret(connection)
                    .ifPresent(secret -> connection.feed(stranger.proof(secret, handshake(parts))));
        }
        return connection;
    }

    /** An honest one as far as the input leaves it. */
    private static byte[] handshake(Parts parts) {
        byte[] honest =
                ByteBuffer.allocate(68)
                        .put((byte) 19)
                        .put("BitTorrent protocol".getBytes(StandardCharsets.US_ASCII))
                        .putLong(0x0000_0000_0010_0005L)
                        .put(TORRENT)
                        .put(new byte[20])
                        .array();
        int kept = parts.number();
        byte[] rest = parts.part();
        byte[] said = Arrays.copyOf(honest, Math.min(kept, honest.length) + rest.length);
        System.arraycopy(rest, 0, said, said.length - rest.length, rest.length);
        return Arrays.copyOf(said, Math.min(said.length, 512)); // more is no handshake
    }

    private static Optional<byte[]> secret(FedConnection connection) {
        byte[] written = connection.written();
        return written.length < DhKeys.BYTES
                ? Optional.empty()
                : KEYS.secret(Arrays.copyOf(written, DhKeys.BYTES));
    }

    // ---- dialling

    private FedConnection dialling(Parts parts, boolean honest) {
        FedConnection connection = new FedConnection(torrentLoop, STRANGER);
        boolean encrypted = policy != EncryptionPolicy.PLAINTEXT_ONLY;
        torrentLoop.turn(() -> shares.dial(connection, spec(), encrypted, heard));
        time.run(MOMENT);
        Optional<byte[]> secret = encrypted && honest ? secret(connection) : Optional.empty();
        if (secret.isPresent()) {
            MseResponder stranger =
                    new MseResponder(
                            KEYS, secret.get(), _ -> TORRENT, EncryptionPolicy.BOTH, new Random(4));
            byte[] hello = connection.written();
            connection.feed(stranger.hello());
            time.run(MOMENT);
            byte[] proof = connection.written();
            ByteBuffer rest = ByteBuffer.wrap(proof, DhKeys.BYTES, proof.length - DhKeys.BYTES);
            if (proof.length > hello.length
                    && stranger.read(rest) instanceof MseOutcome.Agreed agreed) {
                byte[] reply = agreed.reply();
                connection.feed(Arrays.copyOf(reply, reply.length - parts.number() % 3));
                seal = agreed.encryption();
            }
        }
        return connection;
    }

    // ---- the end

    private void end(FedConnection connection) {
        time.run(Duration.ofSeconds(30));
        if (!connection.closed() && !heard.open) {
            throw new AssertionError("a handshake that never ends");
        }
        connection.end();
        time.run(Duration.ofSeconds(1));
        if (!connection.closed() || buffers.usedBytes() != 0) {
            throw new AssertionError(buffers.usedBytes() + " bytes are lost, or a connection");
        }
        for (int i = 0; i < LoopShares.MAX_HALF_OPEN_PER_HOST; i++) {
            if (!shares.enterHalfOpen(STRANGER)) {
                throw new AssertionError("a handshake that is over keeps its place");
            }
        }
    }

    private LinkSpec spec() {
        return new LinkSpec(
                TORRENT,
                Optional.empty(),
                new byte[20],
                new Features(true, true, false, false),
                policy,
                100,
                RateLimit.NONE,
                RateLimit.NONE,
                new PeerMessage.ExtendedHandshake(
                        Map.of(),
                        List.of(),
                        "fuzz",
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalLong.empty(),
                        false,
                        Optional.empty()));
    }

    /** One torrent, on a loop of its own. */
    private final class Torrents implements PeerProtocol.LinkRouter, PeerProtocol.LinkHost {
        @Override
        public PeerProtocol.@Nullable LinkHost find(byte[] infoHash) {
            return Arrays.equals(infoHash, TORRENT) ? this : null;
        }

        @Override
        public Iterable<byte[]> infoHashes() {
            return List.of(TORRENT);
        }

        @Override
        public EncryptionPolicy incomingEncryption() {
            return policy;
        }

        @Override
        public EventLoop loop() {
            return torrentLoop;
        }

        @Override
        public LinkSpec spec(Connection connection) {
            return GreetingTarget.this.spec();
        }

        @Override
        public LinkEvents welcome(Connection connection) {
            return heard;
        }
    }

    /** Takes everything. */
    private static final class Heard implements LinkEvents {
        private boolean open;

        @Override
        public void opened(PeerLink link) {
            open = true;
        }

        @Override
        public void message(PeerMessage message) {
            String ignored = message.toString();
        }

        @Override
        public void block(int piece, int begin, PooledBuffer data) {
            data.release();
        }

        @Override
        public void progress(int bytes) {
            // more will come
        }

        @Override
        public void blockSent(int piece, int begin, int length) {
            throw new AssertionError("nothing was to be sent");
        }

        @Override
        public void closed(boolean violation, String reason) {
            open = false;
        }
    }
}
