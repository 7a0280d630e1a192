package org.bittern.webseed.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.peer.PeerMessage.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RunTest {
    private static final int BLOCK = PieceMap.BLOCK;

    private static List<Request> blocks(PieceMap map) {
        List<Request> blocks = new ArrayList<>();
        for (int piece = 0; piece < map.pieceCount(); piece++) {
            for (int block = 0; block < map.blocksIn(piece); block++) {
                blocks.add(new Request(piece, block * BLOCK, map.blockLength(piece, block)));
            }
        }
        return blocks;
    }

    @Test
    void joinsBlocksThatFollowEachOther() throws Exception {
        PieceMap map = Torrents.single("f", 200_000).pieces();
        List<Request> waiting = new ArrayList<>(blocks(map));
        Request later = waiting.remove(3);
        waiting.addLast(later);
        Run run = Run.next(map, waiting);
        assertThat(run.blocks()).hasSize(13);
        assertThat(waiting).isEmpty();
        assertThat(run.parts(map)).containsExactly(new Run.Part(0, 0, 200_000, false));
    }

    @Test
    void endsWhereSomethingIsMissing() throws Exception {
        PieceMap map = Torrents.single("f", 200_000).pieces();
        List<Request> waiting = new ArrayList<>(blocks(map));
        waiting.remove(2);
        assertThat(Run.next(map, waiting).blocks()).hasSize(2);
        assertThat(Run.next(map, waiting).blocks()).hasSize(10);
        assertThat(waiting).isEmpty();
    }

    @Test
    void isLimited() throws Exception {
        PieceMap map = Torrents.single("f", 20_000_000).pieces();
        List<Request> waiting = new ArrayList<>(blocks(map));
        assertThat(Run.next(map, waiting).blocks()).hasSize((int) (Run.MAX_BYTES / BLOCK));
    }

    @Test
    void crossesFiles() throws Exception {
        PieceMap map = Torrents.tree().pieces();
        List<Request> waiting = new ArrayList<>(blocks(map));
        assertThat(Run.next(map, waiting).parts(map))
                .containsExactly(
                        new Run.Part(0, 0, 40_000, false), new Run.Part(2, 0, 30_000, false));
    }

    @Test
    void anyOrderIsServedOnce() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        PieceMap map = Torrents.single("f", 3_000_000).pieces();
        List<Request> all = blocks(map);
        List<Request> waiting = new ArrayList<>(all);
        Collections.shuffle(waiting, new Random(seed));
        List<Request> served = new ArrayList<>();
        while (!waiting.isEmpty()) {
            served.addAll(Run.next(map, waiting).blocks());
        }
        assertThat(served).containsExactlyInAnyOrderElementsOf(all);
    }
}
