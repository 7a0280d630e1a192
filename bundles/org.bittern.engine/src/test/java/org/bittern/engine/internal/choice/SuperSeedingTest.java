package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bittern.engine.internal.choice.SuperSeeding.Offer;
import org.bittern.metainfo.Bitfield;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SuperSeedingTest {
    private static final int PIECES = 8;

    private final SuperSeeding<String> seeding = new SuperSeeding<>(PIECES, new Random(5));

    private int join(String peer) {
        return seeding.joined(peer, new Bitfield(PIECES)).orElseThrow().piece();
    }

    @Test
    void showsEachPeerAnotherPiece() {
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < PIECES; i++) {
            shown.add(join("peer" + i));
        }
        assertThat(shown).doesNotHaveDuplicates();
    }

    @Test
    void showsTheNextPieceOnlyWhenTheLastOneWasPassedOn() {
        int first = join("a");
        join("b");
        assertThat(seeding.has("a", first, _ -> true)).as("it keeps the piece to itself").isEmpty();
        List<Offer<String>> offers = seeding.has("b", first, _ -> true);
        assertThat(offers).hasSize(1);
        assertThat(offers.getFirst().peer()).isEqualTo("a");
        assertThat(offers.getFirst().piece()).isNotEqualTo(first);
    }

    @Test
    void letsAPeerAskOnlyForWhatItWasShown() {
        int shown = join("a");
        assertThat(seeding.mayRequest("a", shown)).isTrue();
        assertThat(seeding.mayRequest("a", (shown + 1) % PIECES)).isFalse();
        assertThat(seeding.mayRequest("stranger", shown)).isFalse();
    }

    @Test
    void servesALonePeerPieceByPiece() {
        int piece = join("a");
        for (int i = 1; i < PIECES; i++) {
            List<Offer<String>> offers = seeding.has("a", piece, _ -> true);
            assertThat(offers).hasSize(1);
            piece = offers.getFirst().piece();
        }
        assertThat(seeding.isSpread()).isFalse();
        assertThat(seeding.has("a", piece, _ -> true)).isEmpty();
        assertThat(seeding.isSpread()).isTrue();
    }

    @Test
    void servesAPeerPieceByPieceWhoseCompanyTakesNoPart() {
        int first = join("a");
        join("idle");
        List<Offer<String>> offers = seeding.has("a", first, peer -> !peer.equals("idle"));
        assertThat(offers).hasSize(1);
        assertThat(offers.getFirst().peer()).isEqualTo("a");
    }

    @Test
    void showsAnotherPieceToAPeerThatDoesNotWantTheFirst() {
        int unwanted = join("a");
        assertThat(seeding.lacksOffer("a")).isTrue();
        Offer<String> other = seeding.another("a").orElseThrow();
        assertThat(other.piece()).isNotEqualTo(unwanted);
        assertThat(seeding.mayRequest("a", unwanted)).as("it was told of it").isTrue();
        seeding.has("a", other.piece(), peer -> false);
        assertThat(seeding.another("stranger")).isEmpty();
    }

    @Test
    void offersAgainWhatWasShownToAPeerThatLeft() {
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < PIECES; i++) {
            shown.add(join("peer" + i));
        }
        seeding.left("peer3");
        assertThat(join("new")).isEqualTo(shown.get(3));
    }

    @Test
    void hasNothingForAPeerThatHasEverything() {
        assertThat(seeding.joined("seed", Bitfield.full(PIECES))).isEmpty();
        assertThat(seeding.isSpread()).isTrue();
    }

    @Test
    void uploadsHardlyMoreThanOneCopyUntilTheSwarmHasAll() {
        int pieces = 200;
        SuperSeeding<Integer> large = new SuperSeeding<>(pieces, new Random(9));
        List<Bitfield> swarm = new ArrayList<>(); // by peer number
        List<Offer<Integer>> offers = new ArrayList<>();
        for (int peer = 0; peer < 6; peer++) {
            swarm.add(new Bitfield(pieces));
            large.joined(peer, swarm.get(peer)).ifPresent(offers::add);
        }
        int uploads = 0;
        Random random = new Random(9);
        while (!large.isSpread()) {
            Offer<Integer> offer = offers.removeFirst(); // the seed uploads one piece
            uploads++;
            swarm.get(offer.peer()).set(offer.piece());
            offers.addAll(large.has(offer.peer(), offer.piece(), _ -> true));
            for (int peer = 0; peer < swarm.size(); peer++) { // then peers pass on what they have
                List<Integer> news = lacking(swarm, swarm.get(peer));
                if (!news.isEmpty()) {
                    int piece = news.get(random.nextInt(news.size()));
                    swarm.get(peer).set(piece);
                    offers.addAll(large.has(peer, piece, _ -> true));
                }
            }
        }
        assertThat(uploads).isBetween(pieces, pieces + 10);
    }

    private static List<Integer> lacking(List<Bitfield> swarm, Bitfield has) {
        List<Integer> pieces = new ArrayList<>();
        for (Bitfield other : swarm) {
            int piece = other.nextSetNotIn(has, 0);
            while (piece >= 0) {
                pieces.add(piece);
                piece = other.nextSetNotIn(has, piece + 1);
            }
        }
        return pieces;
    }
}
