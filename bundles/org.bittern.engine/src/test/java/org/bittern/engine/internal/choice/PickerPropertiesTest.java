package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;

/** Random lives of a picker, held against a model that is recomputed from scratch. */
class PickerPropertiesTest {
    private static final int EVENTS = 250;
    private static final int BLOCKS = 3;

    private Random random = new Random(0);
    private PiecePicker picker = new PiecePicker(pieces(1), random);
    private PickerModel model = new PickerModel(pieces(1));

    private static PieceMap pieces(int count) {
        long length = ((long) count * BLOCKS - 1) * PieceMap.BLOCK - 5; // a short last piece
        return PieceMap.contiguous(BLOCKS * PieceMap.BLOCK, new long[] {length}, new boolean[1]);
    }

    @Property(tries = 300)
    void knowsEachBlockAndOffersOnlyWhatIsRight(@ForAll long seed) {
        random = new Random(seed);
        PieceMap map = pieces(1 + random.nextInt(12));
        picker = new PiecePicker(map, random);
        model = new PickerModel(map);
        model.now = random.nextLong();
        for (int event = 0; event < EVENTS; event++) {
            happen();
            model.check(picker);
        }
    }

    private void happen() {
        FakePeer peer = model.peers.isEmpty() ? null : any(model.peers);
        int dice = peer == null ? 0 : random.nextInt(100);
        if (peer == null || dice < 5) {
            join();
        } else if (dice < 7) {
            picker.peerRemoved(peer.pieces);
            picker.peerGone(peer);
            model.leave(peer);
        } else if (dice < 45) {
            pick(peer);
        } else if (dice < 70) {
            receive(peer);
        } else if (dice < 78) {
            refuse(peer, dice);
        } else if (dice < 84) {
            choke(peer);
        } else if (dice < 90) {
            changeWhatItHas(peer);
        } else {
            change(peer, dice);
        }
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private int anyPiece() {
        return random.nextInt(model.map.pieceCount());
    }

    private void join() {
        Bitfield has = new Bitfield(model.map.pieceCount());
        int density = random.nextInt(4);
        for (int piece = 0; piece < has.pieceCount(); piece++) {
            if (density == 3 || random.nextInt(4) < density) {
                has.set(piece);
            }
        }
        FakePeer peer = new FakePeer("peer" + random.nextInt(1000), has);
        peer.rate = random.nextInt(3) * 10_000L;
        peer.parole = random.nextInt(8) == 0;
        model.peers.add(peer);
        picker.peerAdded(has);
    }

    private void pick(FakePeer peer) {
        int howMany = random.nextInt(8);
        List<Long> offerable = model.offerable(peer);
        boolean endGame = model.everythingAsked();
        Set<Long> picked = new HashSet<>();
        peer.suggested = new int[] {anyPiece()};
        int count =
                picker.pick(
                        peer,
                        howMany,
                        model.now,
                        (piece, block) -> {
                            long id = FakePeer.block(piece, block);
                            assertThat(picked.add(id)).as("twice in one answer").isTrue();
                        });
        assertThat(picked).hasSize(count).hasSizeLessThanOrEqualTo(howMany);
        boolean idle = peer.asked.isEmpty();
        for (long id : picked) {
            int piece = PickerModel.pieceOf(id);
            assertThat(model.wanted(piece)).isTrue();
            assertThat(peer.pieces.get(piece)).as("the peer has it").isTrue();
            assertThat(peer.asked).as("asked of the same peer").doesNotContain(id);
            assertThat(model.received).doesNotContain(id);
            if (!offerable.contains(id)) {
                assertThat(model.isAsked(id)).isTrue();
                Set<FakePeer> others = model.asked.getOrDefault(id, Set.of());
                assertThat(others.size() == 1 || muchFaster(peer, others)).isTrue();
                assertThat((endGame && idle && count == 1) || overdue(piece)).isTrue();
            }
            model.ask(id, peer);
        }
        if (peer.choking) {
            assertThat(picked).isEmpty();
        } else if (count < howMany) {
            assertThat(picked)
                    .as(
                            "nothing is held back, snubbed %s, parole %s, deadlines %s, prio %s, verified %s, now %s, shunned %s, has %s",
                            peer.snubbed,
                            peer.parole,
                            model.deadlines,
                            java.util.Arrays.asList(model.priorities),
                            model.verified,
                            model.now,
                            model.shunned,
                            peer.pieces.nextSet(0))
                    .containsAll(offerable);
        }
    }

    private static boolean muchFaster(FakePeer peer, Set<FakePeer> asked) {
        return asked.stream()
                .allMatch(other -> other.snubbed ? peer.rate > 0 : 2 * other.rate < peer.rate);
    }

    private boolean overdue(int piece) {
        Long due = model.deadlines.get(piece);
        return due != null && model.now - due > 0;
    }

    private void receive(FakePeer peer) {
        long id =
                peer.asked.isEmpty() || random.nextInt(8) == 0
                        ? FakePeer.block(anyPiece(), random.nextInt(BLOCKS))
                        : any(List.copyOf(peer.asked));
        int piece = PickerModel.pieceOf(id);
        Arrival arrival = picker.received(piece, (int) id, peer);
        if (!model.blocksOf(piece).contains(id)) {
            assertThat(arrival).isInstanceOf(Arrival.Unwanted.class);
        } else if (model.verified.contains(piece) || model.received.contains(id)) {
            assertThat(arrival).isInstanceOf(Arrival.Duplicate.class);
        } else if (model.asked.getOrDefault(id, Set.of()).contains(peer)
                || model.late.getOrDefault(id, Set.of()).contains(peer)) {
            Set<PeerView> others = new HashSet<>(model.asked.getOrDefault(id, Set.of()));
            others.remove(peer);
            model.receive(id, peer);
            boolean last = model.received.containsAll(model.blocksOf(piece));
            assertThat(arrival).isInstanceOf(Arrival.Wanted.class);
            Arrival.Wanted wanted = (Arrival.Wanted) arrival;
            assertThat(wanted.completesPiece()).isEqualTo(last);
            assertThat(wanted.cancel()).containsExactlyInAnyOrderElementsOf(others);
            if (last) {
                judge(piece);
            }
        } else {
            assertThat(arrival).isInstanceOf(Arrival.Unwanted.class);
        }
    }

    private void judge(int piece) {
        model.clear(piece);
        if (random.nextInt(4) == 0) {
            picker.pieceFailed(piece);
        } else {
            model.verified.add(piece);
            model.deadlines.remove(piece);
            picker.pieceVerified(piece);
        }
    }

    private void refuse(FakePeer peer, int dice) {
        if (peer.asked.isEmpty()) {
            return;
        }
        long id = any(List.copyOf(peer.asked));
        model.unask(id, peer);
        if (dice % 2 == 0) {
            picker.rejected(PickerModel.pieceOf(id), (int) id, peer, model.now);
            if (peer.choking) {
                return; // a choke refuses all: that holds nothing against the peer
            }
        } else {
            picker.timedOut(PickerModel.pieceOf(id), (int) id, peer, model.now);
            model.late.computeIfAbsent(id, _ -> new HashSet<>()).add(peer);
        }
        model.shunned
                .computeIfAbsent(id, _ -> new HashMap<>())
                .put(peer, model.now + PiecePicker.SHUN_NANOS);
    }

    private void choke(FakePeer peer) {
        peer.choking = !peer.choking;
        if (peer.choking && random.nextBoolean()) {
            picker.choked(peer);
            for (long id : List.copyOf(peer.asked)) {
                model.unask(id, peer);
                model.late.computeIfAbsent(id, _ -> new HashSet<>()).add(peer);
            }
        }
    }

    private void changeWhatItHas(FakePeer peer) {
        int piece = anyPiece();
        if (peer.pieces.set(piece)) {
            picker.peerHas(piece, peer.pieces);
        } else if (random.nextInt(3) == 0) {
            peer.pieces.clear(piece);
            picker.peerLost(piece, peer.pieces);
        }
    }

    private void change(FakePeer peer, int dice) {
        int piece = anyPiece();
        switch (dice) {
            case 90 -> {
                Priority[] all = Priority.values();
                for (int p = 0; p < model.priorities.length; p++) {
                    model.priorities[p] = all[random.nextInt(all.length)];
                }
                picker.priorities(p -> model.priorities[p]);
            }
            case 91 -> {
                if (!model.verified.contains(piece)) {
                    model.deadlines.put(piece, model.now + random.nextInt(3) - 1);
                    tellDeadlines();
                }
            }
            case 92 -> {
                model.deadlines.remove(piece);
                tellDeadlines();
            }
            case 93 -> {
                if (model.verified.remove(piece)) {
                    picker.pieceLost(piece);
                }
            }
            case 94 -> {
                model.now += PiecePicker.SHUN_NANOS / 3;
                if (random.nextBoolean()) {
                    picker.pulse(model.now);
                    model.forgive();
                }
            }
            case 95 -> peer.snubbed = !peer.snubbed;
            case 96 -> peer.rate = random.nextInt(3) * 10_000L;
            case 97 -> writeSomething();
            default ->
                    model.checkNewPiece(
                            picker.table().newPieces().choose(peer.pieces, NewPieces.RAREST), peer);
        }
    }

    private void tellDeadlines() {
        List<Integer> pieces = new ArrayList<>(model.deadlines.keySet());
        pieces.sort(Comparator.comparing(model.deadlines::get));
        picker.deadlines(
                pieces.stream().mapToInt(Integer::intValue).toArray(),
                pieces.stream().mapToLong(model.deadlines::get).toArray());
    }

    private void writeSomething() {
        for (long id : new ArrayList<>(model.received)) {
            if (random.nextInt(4) == 0) {
                picker.writeFailed(PickerModel.pieceOf(id), (int) id);
                model.received.remove(id);
                model.written.remove(id);
            } else {
                picker.written(PickerModel.pieceOf(id), (int) id);
                model.written.add(id);
            }
        }
    }
}
