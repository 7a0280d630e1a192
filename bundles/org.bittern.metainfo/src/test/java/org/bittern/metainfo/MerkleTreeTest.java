package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bittern.bencode.BString;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MerkleTreeTest {
    private static final Pattern ROW =
            Pattern.compile("\\| (\\d+) \\| (\\d+) \\| ([0-9a-f]{64}) \\| (\\S+) \\| (.*) \\|");

    private static byte[] hashes(int count, long seed) {
        byte[] row = new byte[count * MerkleTree.HASH];
        new Random(seed).nextBytes(row);
        return row;
    }

    private static byte[] sha256(byte[]... parts) {
        MessageDigest digest = Digests.sha256();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    private static byte[] at(byte[] row, int index) {
        return Arrays.copyOfRange(row, index * 32, index * 32 + 32);
    }

    @Test
    void theRootOfThreeLeavesHasOneOfZeros() {
        byte[] row = hashes(3, 1);
        byte[] left = sha256(at(row, 0), at(row, 1));
        byte[] right = sha256(at(row, 2), new byte[32]);
        assertThat(MerkleTree.root(row, 0)).isEqualTo(sha256(left, right));
        assertThat(MerkleTree.root(at(row, 0), 0)).isEqualTo(at(row, 0));
        assertThat(MerkleTree.up(row, 0, 1)).isEqualTo(concat(left, right));
    }

    private static byte[] concat(byte[] left, byte[] right) {
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }

    @Test
    void missingNodesOfHigherLevelsAreTreesOfZeros() {
        byte[] row = hashes(1, 2);
        byte[] pad1 = sha256(new byte[32], new byte[32]);
        assertThat(MerkleTree.padHash(0)).isEqualTo(new byte[32]);
        assertThat(MerkleTree.padHash(1)).isEqualTo(pad1);
        assertThat(MerkleTree.up(row, 1, 1)).isEqualTo(sha256(row, pad1));
    }

    @Test
    void aShortLastPieceIsFilledUpToTheWidthOfAPiece() {
        byte[] row = hashes(1, 3);
        byte[] expected = sha256(sha256(row, new byte[32]), MerkleTree.padHash(1));
        assertThat(MerkleTree.pieceHash(row, 65_536, false)).isEqualTo(expected);
        assertThat(MerkleTree.pieceHash(row, 65_536, true)).isEqualTo(row);
        assertThat(MerkleTree.pieceLevel(16_384)).isZero();
        assertThat(MerkleTree.pieceLevel(65_536)).isEqualTo(2);
    }

    @Test
    void whatIsProvenCanBeVerifiedAndNothingElse() {
        for (int count = 1; count <= 20; count++) {
            byte[] row = hashes(count, count);
            byte[] root = MerkleTree.root(row, 2);
            for (int width = 1; width <= count; width *= 2) {
                for (int first = 0; first + width <= count; first += width) {
                    List<byte[]> proof = MerkleTree.proof(row, 2, first, width);
                    byte[] part = Arrays.copyOfRange(row, first * 32, (first + width) * 32);
                    assertThat(MerkleTree.verify(part, 2, first, proof, root)).isTrue();
                    assertThat(MerkleTree.verify(part, 2, first + width * 1024, proof, root))
                            .isFalse();
                    part[0] ^= 1;
                    assertThat(MerkleTree.verify(part, 2, first, proof, root)).isFalse();
                }
            }
        }
    }

    @Test
    void refusesNonsenseInAProof() {
        byte[] row = hashes(4, 9);
        byte[] root = MerkleTree.root(row, 0);
        List<byte[]> proof = MerkleTree.proof(row, 0, 2, 1);
        assertThat(MerkleTree.verify(at(row, 2), 0, 2, proof, root)).isTrue();
        assertThat(MerkleTree.verify(at(row, 2), 0, 3, proof, root)).isFalse();
        assertThat(MerkleTree.verify(at(row, 2), 0, -1, proof, root)).isFalse();
        assertThat(MerkleTree.verify(at(row, 2), 0, 2, proof.subList(0, 1), root)).isFalse();
        assertThat(MerkleTree.verify(at(row, 2), 0, 2, List.of(new byte[31], new byte[32]), root))
                .isFalse();
        assertThat(MerkleTree.verify(hashes(3, 1), 0, 0, proof, root)).isFalse();
        List<byte[]> endless = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            endless.add(new byte[32]);
        }
        assertThat(MerkleTree.verify(at(row, 2), 0, 2, endless, root)).isFalse();
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> MerkleTree.proof(row, 0, 1, 2));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> MerkleTree.root(new byte[33], 0));
    }

    /**
     * The tree of a file.
     *
     * @param layerSha256 hex; empty: not stated
     */
    private record Tree(
            int length, int pieceLength, String root, int layerHashes, String layerSha256) {}

    @TestFactory
    Stream<DynamicTest> agreesWithOtherImplementations() throws IOException {
        List<Tree> trees = new ArrayList<>();
        for (JsonNode own : Vectors.own("trees.json")) {
            trees.add(
                    new Tree(
                            own.get("length").asInt(),
                            own.get("piece_length").asInt(),
                            own.get("root").asText(),
                            own.get("layer_hashes").asInt(),
                            own.get("layer_sha256").asText()));
        }
        assertThat(trees).hasSizeGreaterThan(5);
        Optional<Path> others = Vectors.others();
        if (others.isPresent()) {
            Files.readString(others.get().resolve("vectors.md"))
                    .lines()
                    .flatMap(line -> ROW.matcher(line).results())
                    .forEach(row -> trees.add(tree(row)));
        }
        return trees.stream()
                .map(tree ->
                        DynamicTest.dynamicTest(
                                tree.length + " in " + tree.pieceLength, () -> check(tree)));
    }

    private static Tree tree(MatchResult row) {
        return new Tree(
                Integer.parseInt(row.group(1)),
                Integer.parseInt(row.group(2)),
                row.group(3),
                row.group(4).equals("-") ? 0 : Integer.parseInt(row.group(4)),
                row.group(5).matches("[0-9a-f]{64}") ? row.group(5) : "");
    }

    private static void check(Tree tree) throws MetainfoException {
        TorrentPlan plan =
                TorrentPlan.ofFile("f", tree.length, tree.pieceLength, TorrentVersion.V2);
        PieceHasher hasher = new PieceHasher(plan);
        hasher.update(ByteBuffer.wrap(Content.cyclic(tree.length)));
        PieceHashes hashes = hasher.finish();
        BString root = hashes.roots().getFirst();
        assertThat(HexFormat.of().formatHex(root.bytes())).isEqualTo(tree.root);
        byte[] layer = hashes.layers().getOrDefault(root, BString.EMPTY).bytes();
        assertThat(layer).hasSize(tree.layerHashes * 32);
        if (!tree.layerSha256.isEmpty()) {
            assertThat(HexFormat.of().formatHex(sha256(layer))).isEqualTo(tree.layerSha256);
        }
    }
}
