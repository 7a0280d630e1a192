package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.TorrentVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which blocks of a bad v2 piece come again, and who is sent away for it (BEP 52). */
@Timeout(60)
class BadBlocksTest extends TwoMachines {
    private static final int UNCHOKE = 1;
    private static final int BITFIELD = 5;
    private static final int REQUEST = 6;
    private static final int BLOCK = 7;
    private static final int REJECT = 16;
    private static final int HASH_REQUEST = 21;
    private static final int HASHES = 22;
    private static final int HASH_REJECT = 23;
    private static final int PIECE = 4 * Leaves.BLOCK;
    private static final byte FIRST_PIECE = (byte) 0x80;
    private static final byte TWO_PIECES = (byte) 0xc0;

    /** What a stranger does when it is asked for hashes. */
    enum Witness {
        REFUSES,
        LIES,
        IS_SILENT
    }

    /** What a stranger sends when it is asked for a block. */
    @FunctionalInterface
    private interface Source {
        byte[] block(int piece, int begin, int length);
    }

    /** A stranger that has pieces, and serves some blocks of them. */
    private static final class Server implements AutoCloseable {
        final Stranger stranger;
        final AtomicInteger served = new AtomicInteger();
        private final Source source;
        private final int most;

        /**
         * Dials, and may be asked for blocks.
         *
         * @param most blocks that it serves before it refuses all others
         */
        Server(Stranger stranger, byte has, int most, Source source) throws IOException {
            this.stranger = stranger;
            this.most = most;
            this.source = source;
            stranger.when(REQUEST, this::requested);
            testifies(Witness.REFUSES);
            stranger.send(BITFIELD, new byte[] {has});
            stranger.send(UNCHOKE, new byte[0]);
        }

        private void requested(ByteBuffer request) throws IOException {
            int piece = request.getInt();
            int begin = request.getInt();
            int length = request.getInt();
            if (served.get() == most) {
                stranger.send(
                        REJECT,
                        ByteBuffer.allocate(12).putInt(piece).putInt(begin).putInt(length).array());
                return;
            }
            ByteBuffer block = ByteBuffer.allocate(8 + length);
            block.putInt(piece).putInt(begin).put(source.block(piece, begin, length));
            stranger.send(BLOCK, block.array());
            served.incrementAndGet();
        }

        void testifies(Witness how) {
            stranger.when(
                    HASH_REQUEST,
                    question -> {
                        byte[] head = new byte[48];
                        question.get(0, head);
                        switch (how) {
                            case REFUSES -> stranger.send(HASH_REJECT, head);
                            case LIES -> stranger.send(HASHES, Arrays.copyOf(head, 48 + 4 * 32));
                            case IS_SILENT -> {}
                        }
                    });
        }

        @Override
        public void close() throws IOException {
            stranger.close();
        }
    }

    private Server dial(Torrent torrent, byte has, int most, Source source) throws Exception {
        byte[] wireHash = torrent.infoHash().wireHash();
        return new Server(new Stranger(address(machine), wireHash, 0), has, most, source);
    }

    private static Source honest(Payload payload) {
        return (piece, begin, length) -> {
            int at = piece * PIECE + begin;
            return Arrays.copyOfRange(payload.bytes(), at, at + length);
        };
    }

    private static Source spoiling(Payload payload) {
        return (piece, begin, length) -> {
            byte[] block = honest(payload).block(piece, begin, length);
            block[length / 2] ^= 1;
            return block;
        };
    }

    private Payload payload(TorrentVersion version, long seed) {
        return new Payload("one.bin", PIECE, version, seed).with(2 * PIECE);
    }

    private Torrent leech(AddTorrent request) throws Exception {
        machine.start(Machine.settings(here));
        Torrent leech = machine.add(request);
        Waiting.state(leech, TorrentState.DOWNLOADING);
        return leech;
    }

    private void seed(Payload payload) throws Exception {
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
    }

    private static void got(Torrent leech, int blocks) {
        Waiting.until(() ->
                leech.snapshot().transfer().downloadedBytes() == (long) blocks * Leaves.BLOCK);
    }

    @ParameterizedTest
    @EnumSource(Witness.class)
    void onlyTheBadBlockComesAgainAndOnlyItsSenderIsBanned(Witness how) throws Exception {
        Payload payload = payload(TorrentVersion.V2, 91);
        seed(payload);
        Torrent leech = leech(payload.request());
        try (Server liar = dial(leech, FIRST_PIECE, 1, spoiling(payload))) {
            liar.testifies(how);
            got(leech, 1);
            try (Server other = dial(leech, FIRST_PIECE, 1, honest(payload))) {
                got(leech, 2);
                done(leech.addPeer(address(seeder)));
                Waiting.state(leech, TorrentState.SEEDING);
                Waiting.until(liar.stranger::wasLeft);
                assertThat(other.stranger.wasLeft()).isFalse();
            }
            assertThat(liar.stranger.heard(HASH_REQUEST)).isEqualTo(1);
        }
        TorrentSnapshot.Transfer transfer = leech.snapshot().transfer();
        assertThat(transfer.hashFailures()).isEqualTo(1);
        assertThat(transfer.corruptBytes()).isEqualTo(Leaves.BLOCK);
        assertThat(transfer.downloadedBytes()).isEqualTo(2 * PIECE + Leaves.BLOCK);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void allOfThePieceComesAgainWhenNobodyTellsItsHashes() throws Exception {
        Payload payload = payload(TorrentVersion.V2, 92);
        seed(payload);
        Torrent leech = leech(payload.request());
        try (Server liar = dial(leech, FIRST_PIECE, 1, spoiling(payload))) {
            got(leech, 1);
            try (Server other = dial(leech, FIRST_PIECE, 3, honest(payload))) {
                Waiting.until(() -> leech.snapshot().transfer().hashFailures() == 1);
                assertThat(leech.snapshot().transfer().corruptBytes()).isEqualTo(PIECE);
                assertThat(liar.stranger.heard(HASH_REQUEST)).isEqualTo(1);
                assertThat(other.stranger.heard(HASH_REQUEST)).isEqualTo(1);
                assertThat(liar.stranger.wasLeft()).isFalse();
                done(leech.addPeer(address(seeder)));
                Waiting.state(leech, TorrentState.SEEDING);
                Waiting.until(liar.stranger::wasLeft);
                assertThat(other.stranger.wasLeft()).isFalse();
            }
        }
        assertThat(leech.snapshot().transfer().hashFailures()).isEqualTo(1);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void paddingThatIsNotZeroSpoilsNothing() throws Exception {
        Payload payload =
                new Payload("two", PIECE, TorrentVersion.HYBRID, 93)
                        .with(20_000, "a")
                        .with(100, "b");
        Torrent leech = leech(payload.request());
        Source source =
                (piece, begin, length) -> {
                    byte[] file = payload.bytes(piece == 0 ? "a" : "b");
                    byte[] block = new byte[length];
                    Arrays.fill(block, (byte) 7); // what is behind the end of the file
                    int there = Math.min(length, file.length - begin);
                    System.arraycopy(file, begin, block, 0, there);
                    return block;
                };
        try (Server server = dial(leech, TWO_PIECES, 3, source)) {
            Waiting.state(leech, TorrentState.SEEDING);
            assertThat(server.served).hasValue(3);
        }
        assertThat(leech.snapshot().transfer().hashFailures()).isZero();
        assertThat(payload.wrongFiles(here)).isEmpty();
    }

    @Test
    void nobodyIsBlamedForHashesThatContradictEachOther() throws Exception {
        Payload payload = payload(TorrentVersion.HYBRID, 94);
        byte[] torrent = payload.torrent();
        String text = new String(torrent, StandardCharsets.ISO_8859_1);
        torrent[text.indexOf("6:pieces40:") + 11] ^= 1; // of the SHA-1 of the first piece
        Torrent leech = leech(AddTorrent.file(Metainfo.parse(torrent), torrent));
        try (Server server = dial(leech, FIRST_PIECE, 4, honest(payload))) {
            Waiting.state(leech, TorrentState.ERROR);
            assertThat(server.served).hasValue(4);
        }
        TorrentError error = leech.snapshot().error().orElseThrow();
        assertThat(error.kind()).isEqualTo(TorrentError.Kind.METADATA);
        assertThat(error.message())
                .isEqualTo("the v1 and v2 hashes of piece 0 contradict each other");
        assertThat(leech.snapshot().transfer().hashFailures()).isZero();
    }
}
