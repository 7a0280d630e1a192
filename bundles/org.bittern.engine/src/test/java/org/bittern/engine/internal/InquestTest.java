package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bittern.metainfo.MerkleTree;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.peer.PeerMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the bad blocks of a v2 piece are found (BEP 52). */
@Timeout(60)
class InquestTest {
    private static final int ONE_ROW = LayerTree.ROW * Leaves.BLOCK;

    /** What the whole tree of a file's piece would tell. */
    private static List<byte[]> answer(PeerMessage.HashRequest question, byte[] leaves, int all) {
        LayerTree tree =
                new LayerTree(ByteBuffer.wrap(Arrays.copyOf(leaves, all * MerkleTree.HASH)), 0);
        int first = question.index() % all;
        byte[] row = tree.row(first, question.length());
        List<byte[]> hashes = new ArrayList<>();
        for (int at = 0; at < row.length; at += MerkleTree.HASH) {
            hashes.add(Arrays.copyOfRange(row, at, at + MerkleTree.HASH));
        }
        hashes.addAll(tree.proof(first, question.length()));
        return hashes;
    }

    private static Inquest inquest(Metainfo metainfo, int piece) {
        return Inquest.of(metainfo, piece).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "V2, 220000, 65536, 4", // full pieces, and one of two blocks
        "HYBRID, 213000, 65536, 4",
        "V2, 100000, 131072, 8", // one piece, of seven blocks
        "V2, 40000, 131072, 4", // of three
        "V2, 17800000, 16777216, 1024", // rows of 512, and a piece whose second row is empty
    })
    void findsTheBadBlocksOfEachPiece(
            TorrentVersion version, int length, int pieceLength, int leavesOfPiece)
            throws Exception {
        Payload payload = new Payload("one.bin", pieceLength, version, length).with(length);
        Metainfo metainfo = payload.metainfo();
        for (int piece = 0; piece < metainfo.pieces().pieceCount(); piece++) {
            byte[] right = Leaves.of(payload.bytes(), piece, pieceLength);
            int blocks = right.length / MerkleTree.HASH;
            byte[] wrong = right.clone();
            wrong[0] ^= 1;
            wrong[right.length - 1] ^= 1;
            Inquest inquest = inquest(metainfo, piece);
            assertThat(inquest.isGood(right)).isTrue();
            assertThat(inquest.isGood(wrong)).isFalse();
            int questions = 0;
            while (!inquest.isOver()) {
                PeerMessage.HashRequest question = inquest.question();
                assertThat(question.index())
                        .isEqualTo(piece * leavesOfPiece + questions * LayerTree.ROW);
                assertThat(inquest.take(answer(question, wrong, leavesOfPiece))).isFalse();
                List<byte[]> answer = answer(question, right, leavesOfPiece);
                assertThat(inquest.take(answer.subList(0, answer.size() - 1))).isFalse();
                assertThat(inquest.take(answer)).isTrue();
                questions++;
            }
            assertThat(questions).isEqualTo((blocks + LayerTree.ROW - 1) / LayerTree.ROW);
            assertThat(inquest.bad().stream()).containsExactly(0, blocks - 1);
        }
    }

    @Test
    void asksForNoProofWhenARowIsAllOfThePiece() throws Exception {
        Payload small =
                new Payload("one.bin", ONE_ROW, TorrentVersion.V2, 1).with(ONE_ROW + 20_000);
        PeerMessage.HashRequest whole = inquest(small.metainfo(), 0).question();
        assertThat(whole.length()).isEqualTo(LayerTree.ROW);
        assertThat(whole.proofLayers()).isZero();
        Payload large = new Payload("one.bin", 2 * ONE_ROW, TorrentVersion.V2, 2).with(2 * ONE_ROW);
        PeerMessage.HashRequest half = inquest(large.metainfo(), 0).question();
        assertThat(half.length()).isEqualTo(LayerTree.ROW);
        assertThat(half.proofLayers()).isEqualTo(9); // of which 8 follow from the row itself
    }

    @Test
    void knowsWhatAnAnswerIsAbout() throws Exception {
        Payload payload = new Payload("one.bin", 65_536, TorrentVersion.V2, 3).with(300_000);
        Inquest inquest = inquest(payload.metainfo(), 2);
        byte[] root = inquest.question().piecesRoot();
        assertThat(inquest.asks(root, 0, 8, 4)).isTrue();
        assertThat(inquest.asks(root, 2, 8, 4)).isFalse();
        assertThat(inquest.asks(root, 0, 4, 4)).isFalse();
        assertThat(inquest.asks(root, 0, 8, 2)).isFalse();
        assertThat(inquest.asks(new byte[32], 0, 8, 4)).isFalse();
    }

    @Test
    void thereIsNothingToFindOutWithoutAV2Hash() throws Exception {
        Payload v1 = Payload.single("one.bin", 65_536, 65_536, 5);
        assertThat(Inquest.of(v1.metainfo(), 0)).isEmpty();
    }
}
