package org.bittern.engine.internal.choice;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;

/**
 * What choosing costs, in CPU seconds per GiB: to be run by hand as a program, since a figure is no
 * test. The goal is less than 0.1 s per GiB, also with 100,000 pieces and 200 peers.
 */
final class PickerBenchmark {
    private static final int BLOCKS_PER_GIB = 65_536;
    private static final int ROUNDS = 6; // the first ones warm up

    private PickerBenchmark() {}

    public static void main(String[] args) {
        for (int round = 0; round < ROUNDS; round++) {
            measure("1 seed, 4,096 pieces", 4096, 16, 1, 0);
            measure("200 peers with half of 100,000 pieces", 100_000, 64, 200, 2);
            measure("200 peers with a tenth of 100,000 pieces", 100_000, 64, 200, 10);
            measure("200 slow peers with half of 100,000 pieces", 100_000, 64, -200, 2);
            System.out.println();
        }
    }

    /**
     * Downloads one GiB.
     *
     * @param peers negative: slow ones, which share pieces
     * @param oneIn each peer has one piece in so many; 0: all
     */
    private static void measure(String name, int pieces, int blocksPerPiece, int peers, int oneIn) {
        Random random = new Random(1);
        long pieceBytes = (long) blocksPerPiece * PieceMap.BLOCK;
        PieceMap map =
                PieceMap.contiguous(
                        (int) pieceBytes, new long[] {pieces * pieceBytes}, new boolean[1]);
        PiecePicker picker = new PiecePicker(map, random);
        List<FakePeer> swarm = new ArrayList<>();
        for (int i = 0; i < Math.abs(peers); i++) {
            FakePeer peer = new FakePeer("peer" + i, bits(pieces, oneIn, random));
            peer.rate = peers < 0 ? 1000 : 3_000_000;
            swarm.add(peer);
        }
        long start = System.nanoTime();
        for (FakePeer peer : swarm) {
            picker.peerAdded(peer.pieces);
            picker.pick(peer, 1, 0, (piece, block) -> peer.asked.add(FakePeer.block(piece, block)));
        }
        long joined = System.nanoTime();
        long picks = download(picker, swarm, random);
        long done = System.nanoTime();
        System.out.printf(
                "%-45s joining %6.1f ms, %7d picks, %.4f s per GiB%n",
                name, (joined - start) / 1e6, picks, (done - joined) / 1e9);
    }

    private static Bitfield bits(int pieces, int oneIn, Random random) {
        if (oneIn == 0) {
            return Bitfield.full(pieces);
        }
        Bitfield bits = new Bitfield(pieces);
        for (int piece = 0; piece < pieces; piece++) {
            if (random.nextInt(oneIn) == 0) {
                bits.set(piece);
            }
        }
        return bits;
    }

    private static long download(PiecePicker picker, List<FakePeer> swarm, Random random) {
        long picks = 0;
        int received = 0;
        while (received < BLOCKS_PER_GIB && !picker.isComplete()) {
            for (FakePeer peer : swarm) {
                for (long id : peer.asked) {
                    int piece = PickerModel.pieceOf(id);
                    Arrival arrival = picker.received(piece, (int) id, peer);
                    picker.written(piece, (int) id);
                    if (arrival instanceof Arrival.Wanted wanted && wanted.completesPiece()) {
                        picker.pieceVerified(piece);
                    }
                    received++;
                }
                peer.asked.clear();
                int news = random.nextInt(peer.pieces.pieceCount());
                if (peer.pieces.set(news)) {
                    picker.peerHas(news, peer.pieces);
                }
                picks++;
                picker.pick(
                        peer, 8, 0, (piece, block) -> peer.asked.add(FakePeer.block(piece, block)));
            }
        }
        return picks;
    }
}
