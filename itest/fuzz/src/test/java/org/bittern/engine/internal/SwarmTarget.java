package org.bittern.engine.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Torrent;
import org.bittern.fuzz.FedConnection;
import org.bittern.fuzz.Parts;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.PieceHasher;
import org.bittern.metainfo.TorrentBuilder;
import org.bittern.metainfo.TorrentPlan;
import org.bittern.metainfo.TorrentVersion;

/**
 * A torrent among strangers: one that is downloaded, seeded, or known by a link only. What they
 * send goes through the whole of the peer protocol into downloading and uploading, metadata (BEP
 * 9), hashes (BEP 52), exchanged peers and introductions (BEP 11, 55). They greet honestly, or
 * nobody would listen; then their frames hold anything. Whatever it is, it is never an error of our
 * own, and no memory is lost.
 */
public final class SwarmTarget {
    private static final int PIECE_BYTES = 16_384;
    private static final int BYTES = 4 * PIECE_BYTES + 1; // so that a block may be short
    private static final int STRANGERS = 6;
    private static final int EXTENDED = 20;
    private static final List<Metainfo> TORRENTS =
            List.of(made(TorrentVersion.V1), made(TorrentVersion.HYBRID), made(TorrentVersion.V2));

    private final FedMachine machine;
    private final Metainfo metainfo;
    private final Torrent torrent;

    private SwarmTarget(int choice) {
        metainfo = TORRENTS.get(choice % TORRENTS.size());
        int kind = choice / TORRENTS.size() % 3;
        machine = new FedMachine(kind == 1);
        torrent =
                machine.add(
                        kind == 2
                                ? AddTorrent.link(Magnet.of(metainfo.infoHash()))
                                : AddTorrent.file(metainfo, metainfo.toTorrent()));
    }

    private static Metainfo made(TorrentVersion version) {
        try {
            TorrentPlan plan = TorrentPlan.ofFile("fuzz.bin", BYTES, PIECE_BYTES, version);
            PieceHasher hasher = new PieceHasher(plan);
            hasher.update(ByteBuffer.allocate(BYTES));
            return Metainfo.parse(new TorrentBuilder(plan, hasher.finish()).build());
        } catch (MetainfoException e) {
            throw new IllegalStateException("a torrent of our own is refused", e);
        }
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Parts parts = new Parts(input);
        SwarmTarget target = new SwarmTarget(parts.number());
        target.greet(parts.number());
        while (parts.more()) {
            target.happen(parts);
        }
        target.machine.run(Duration.ofSeconds(1));
        target.machine.end();
    }

    private void happen(Parts parts) {
        switch (parts.number() % 10) {
            case 0 -> greet(parts.number());
            case 1 -> machine.run(Duration.ofMillis(parts.number() * 100L));
            case 2 -> {
                var ignored = torrent.addPeer(stranger(parts.number()));
            }
            case 3 -> somebody(parts).feed(parts.part());
            case 4 -> somebody(parts).feed(metadata(parts.number()));
            case 5, 6 -> somebody(parts).feed(extended(parts.number(), parts.part()));
            case 7 -> somebody(parts).end();
            default -> somebody(parts).feed(frame(parts.number(), parts.part()));
        }
        machine.run(Duration.ofMillis(1));
        machine.check();
    }

    private static InetSocketAddress stranger(int number) {
        return new InetSocketAddress(
                InetAddress.ofLiteral("198.51.100." + (1 + number % STRANGERS)), 6_881);
    }

    private FedConnection somebody(Parts parts) {
        List<FedConnection> all = machine.connections();
        return all.get(parts.number() % all.size());
    }

    // ---- what strangers say

    /** An honest greeting in one of the torrent's swarms. */
    private void greet(int number) {
        FedConnection connection = machine.knock(stranger(number));
        List<byte[]> hashes = metainfo.infoHash().wireHashes();
        byte[] id = new byte[InfoHash.V1_BYTES];
        id[0] = (byte) number;
        connection.feed(
                ByteBuffer.allocate(68)
                        .put((byte) 19)
                        .put("BitTorrent protocol".getBytes(StandardCharsets.US_ASCII))
                        .putLong(0x0010_0015L)
                        .put(hashes.get(number % hashes.size()))
                        .put(id)
                        .array());
        connection.feed(
                extended(
                        0,
                        "d1:md11:lt_donthavei7e11:upload_onlyi3e12:ut_holepunchi4e11:ut_metadatai2e"
                                .concat("6:ut_pexi1ee13:metadata_sizei%de1:pi%dee")
                                .formatted(metainfo.rawInfo().remaining(), 7_000 + number)
                                .getBytes(StandardCharsets.US_ASCII)));
        machine.run(Duration.ofMillis(10));
    }

    private static byte[] frame(int id, byte[] payload) {
        return ByteBuffer.allocate(Integer.BYTES + 1 + payload.length)
                .putInt(1 + payload.length)
                .put((byte) (id % 24))
                .put(payload)
                .array();
    }

    private static byte[] extended(int id, byte[] payload) {
        byte[] whole = new byte[1 + payload.length];
        whole[0] = (byte) (id % 9);
        System.arraycopy(payload, 0, whole, 1, payload.length);
        return frame(EXTENDED, whole);
    }

    /** The metadata as it is, if somebody asks for it. */
    private byte[] metadata(int piece) {
        byte[] info = new byte[metainfo.rawInfo().remaining()];
        metainfo.rawInfo().get(info);
        byte[] head =
                "d8:msg_typei1e5:piecei%de10:total_sizei%dee"
                        .formatted(piece % 2, info.length)
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(head, head.length + info.length);
        System.arraycopy(info, 0, whole, head.length, info.length);
        return extended(2, whole);
    }
}
