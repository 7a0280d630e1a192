package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.TorrentVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What peers hear when they ask for the hashes of blocks (BEP 52). */
@Timeout(60)
class HashServerTest {
    private static final int HASH_REQUEST = 21;
    private static final int HASHES = 22;
    private static final int HASH_REJECT = 23;
    private static final int PIECE = 4 * Leaves.BLOCK;
    private static final String LARGE = "large"; // five pieces, the last has three blocks
    private static final String SMALL = "small"; // one piece of three blocks

    private final Payload payload =
            new Payload("two", PIECE, TorrentVersion.V2, 71)
                    .with(5 * PIECE - 20_000, LARGE)
                    .with(40_000, SMALL);
    @TempDir Path directory;
    private Machine machine;

    @BeforeEach
    void makeMachine() throws Exception {
        machine = new Machine();
    }

    @AfterEach
    void closeMachine() {
        machine.close();
    }

    /** A question and its answer: the hashes, none when it was refused. */
    private record Asked(byte[] root, int index, int width, List<byte[]> hashes) {
        /** Whether the first of them are below the root. */
        boolean proved() {
            ByteBuffer row = ByteBuffer.allocate(width * MerkleTree.HASH);
            hashes.subList(0, width).forEach(row::put);
            List<byte[]> uncles = hashes.subList(width, hashes.size());
            return MerkleTree.verify(row.array(), 0, index, uncles, root);
        }

        byte[] leaf(int number) {
            return hashes.get(number);
        }
    }

    private Torrent begin(TorrentState state) throws Exception {
        machine.start(Machine.settings(directory));
        Torrent torrent = machine.add(payload.request());
        Waiting.state(torrent, state);
        return torrent;
    }

    private Stranger dial(Torrent torrent) throws Exception {
        return new Stranger(address(machine), torrent.infoHash().wireHash(), 0);
    }

    private byte[] root(String file) {
        return MerkleTree.root(Leaves.of(payload.bytes(file)), 0);
    }

    private Asked ask(Stranger stranger, String file, int index, int width, int proof)
            throws Exception {
        int before = answers(stranger);
        byte[] root = root(file);
        ByteBuffer question = ByteBuffer.allocate(48);
        question.put(root).putInt(0).putInt(index).putInt(width).putInt(proof);
        stranger.send(HASH_REQUEST, question.array());
        Waiting.until(() -> answers(stranger) > before);
        List<byte[]> hashes = new ArrayList<>();
        for (ByteBuffer answer : stranger.said(HASHES)) {
            if (answer.slice(0, 48).equals(question.rewind())) {
                hashes.clear();
                for (int at = 48; at < answer.limit(); at += MerkleTree.HASH) {
                    byte[] hash = new byte[MerkleTree.HASH];
                    answer.get(at, hash);
                    hashes.add(hash);
                }
            }
        }
        return new Asked(root, index, width, hashes);
    }

    private static int answers(Stranger stranger) {
        return (int) (stranger.heard(HASHES) + stranger.heard(HASH_REJECT));
    }

    @Test
    void provesTheBlocksOfAnyPiece() throws Exception {
        payload.write(directory);
        try (Stranger stranger = dial(begin(TorrentState.SEEDING))) {
            byte[] leaves = Leaves.of(payload.bytes(LARGE));
            for (int piece = 0; piece < 5; piece++) {
                // One layer follows from the row, three hashes lead from there to the root.
                Asked all = ask(stranger, LARGE, 4 * piece, 4, 4);
                assertThat(all.hashes).hasSize(4 + 3);
                assertThat(all.proved()).isTrue();
                int at = 4 * piece * MerkleTree.HASH;
                assertThat(all.leaf(0)).isEqualTo(Arrays.copyOfRange(leaves, at, at + 32));
            }
            assertThat(ask(stranger, LARGE, 16, 4, 4).leaf(3))
                    .as("behind the end of the file")
                    .isEqualTo(new byte[MerkleTree.HASH]);
            Asked half = ask(stranger, LARGE, 14, 2, 4);
            assertThat(half.hashes).hasSize(2 + 4);
            assertThat(half.proved()).isTrue();
            assertThat(ask(stranger, LARGE, 4, 4, 2).hashes).as("part of a proof").hasSize(4 + 1);
            assertThat(ask(stranger, LARGE, 4, 4, 0).hashes).as("no proof").hasSize(4);
            Asked only = ask(stranger, SMALL, 0, 4, 0);
            assertThat(only.hashes).hasSize(4);
            assertThat(only.proved()).isTrue();
            Asked part = ask(stranger, SMALL, 2, 2, 1);
            assertThat(part.hashes).hasSize(2 + 1);
            assertThat(part.proved()).isTrue();
        }
    }

    @Test
    void refusesWhatMakesNoSense() throws Exception {
        payload.write(directory);
        try (Stranger stranger = dial(begin(TorrentState.SEEDING))) {
            assertThat(ask(stranger, LARGE, 2, 4, 0).hashes).as("no multiple").isEmpty();
            assertThat(ask(stranger, LARGE, 0, 3, 0).hashes).as("no power of two").isEmpty();
            assertThat(ask(stranger, LARGE, 0, 1, 0).hashes).as("too few").isEmpty();
            assertThat(ask(stranger, LARGE, 0, 8, 0).hashes).as("two pieces").isEmpty();
            assertThat(ask(stranger, LARGE, 20, 4, 0).hashes).as("behind the end").isEmpty();
            assertThat(ask(stranger, LARGE, 0, 4, 5).hashes).as("above the root").isEmpty();
            assertThat(ask(stranger, SMALL, 0, 4, 2).hashes).as("above the root").isEmpty();
            assertThat(ask(stranger, LARGE, 0, 4, 4).hashes).isNotEmpty();
        }
    }

    @Test
    void tellsNothingOfPiecesThatItLacksOrThatHaveChanged() throws Exception {
        payload.write(directory);
        Path large = payload.target(directory, List.of(LARGE));
        byte[] bytes = payload.bytes(LARGE).clone();
        bytes[PIECE] ^= 1;
        Files.write(large, bytes);
        try (Stranger stranger = dial(begin(TorrentState.DOWNLOADING))) {
            assertThat(ask(stranger, LARGE, 0, 4, 0).hashes).hasSize(4);
            assertThat(ask(stranger, LARGE, 4, 4, 0).hashes).isEmpty();
            bytes[2 * PIECE] ^= 1;
            Files.write(large, bytes);
            assertThat(ask(stranger, LARGE, 8, 4, 0).hashes).isEmpty();
            assertThat(ask(stranger, LARGE, 12, 4, 0).hashes).hasSize(4);
        }
    }
}
