package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bittern.api.engine.Priority;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.PieceMap;
import org.jspecify.annotations.Nullable;

/**
 * What a piece picker must know and may do, kept in the plainest form: maps of blocks and peers.
 */
final class PickerModel {
    final PieceMap map;
    final List<FakePeer> peers = new ArrayList<>();
    final Map<Long, Set<FakePeer>> asked = new HashMap<>();
    final Map<Long, Set<FakePeer>> late = new HashMap<>();
    final Map<Long, Map<FakePeer, Long>> shunned = new HashMap<>(); // until
    final Set<Long> received = new HashSet<>();
    final Set<Long> written = new HashSet<>();
    final Set<Integer> verified = new HashSet<>();
    final Map<Integer, Long> deadlines = new HashMap<>();
    final Priority[] priorities;
    long now;

    PickerModel(PieceMap map) {
        this.map = map;
        priorities = new Priority[map.pieceCount()];
        Arrays.fill(priorities, Priority.NORMAL);
    }

    static int pieceOf(long id) {
        return (int) (id >>> 32);
    }

    boolean wanted(int piece) {
        return !verified.contains(piece)
                && (priorities[piece] != Priority.SKIP || deadlines.containsKey(piece));
    }

    boolean isAsked(long id) {
        return !asked.getOrDefault(id, Set.of()).isEmpty();
    }

    boolean isFree(long id) {
        return !received.contains(id) && !isAsked(id);
    }

    boolean isShunned(long id, FakePeer peer) {
        return shunned.getOrDefault(id, Map.of()).getOrDefault(peer, now) - now > 0;
    }

    List<Long> blocksOf(int piece) {
        List<Long> ids = new ArrayList<>();
        for (int block = 0; block < map.blocksIn(piece); block++) {
            ids.add(FakePeer.block(piece, block));
        }
        return ids;
    }

    /** Blocks that could be asked of the peer by anyone's reckoning. */
    List<Long> offerable(FakePeer peer) {
        List<Long> ids = new ArrayList<>();
        for (int piece = 0; piece < map.pieceCount(); piece++) {
            if (wanted(piece) && peer.pieces.get(piece)) {
                for (long id : blocksOf(piece)) {
                    if (isFree(id) && !isShunned(id, peer)) {
                        ids.add(id);
                    }
                }
            }
        }
        return ids;
    }

    boolean everythingAsked() {
        for (int piece = 0; piece < map.pieceCount(); piece++) {
            if (wanted(piece) && blocksOf(piece).stream().anyMatch(this::isFree)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a piece has left the pool of new pieces. */
    boolean begun(int piece) {
        return blocksOf(piece).stream()
                .anyMatch(id ->
                        !isFree(id)
                                || !late.getOrDefault(id, Set.of()).isEmpty()
                                || !shunned.getOrDefault(id, Map.of()).isEmpty());
    }

    int availability(int piece) {
        return (int) peers.stream().filter(peer -> peer.pieces.get(piece)).count();
    }

    void ask(long id, FakePeer peer) {
        asked.computeIfAbsent(id, _ -> new HashSet<>()).add(peer);
        forget(late, id, peer);
        shunned.computeIfPresent(id, (_, until) -> without(until, peer));
        peer.asked.add(id);
    }

    void unask(long id, FakePeer peer) {
        forget(asked, id, peer);
        peer.asked.remove(id);
    }

    void receive(long id, FakePeer peer) {
        for (FakePeer other : Set.copyOf(asked.getOrDefault(id, Set.of()))) {
            unask(id, other);
        }
        peer.asked.remove(id);
        late.remove(id);
        shunned.remove(id);
        received.add(id);
    }

    /** Refusals end; whoever did not bring a block in time may still bring it. */
    void forgive() {
        shunned.forEach((id, until) -> {
            Set<FakePeer> expected = late.getOrDefault(id, Set.of());
            until.entrySet()
                    .removeIf(one -> one.getValue() - now <= 0 && !expected.contains(one.getKey()));
        });
    }

    void leave(FakePeer peer) {
        for (long id : List.copyOf(peer.asked)) {
            unask(id, peer);
        }
        late.values().forEach(set -> set.remove(peer));
        shunned.values().forEach(until -> until.remove(peer));
        peers.remove(peer);
    }

    /** Forgets everything about the blocks of a piece; what peers still bring is unwanted. */
    void clear(int piece) {
        for (long id : blocksOf(piece)) {
            for (FakePeer peer : Set.copyOf(asked.getOrDefault(id, Set.of()))) {
                unask(id, peer);
            }
            late.remove(id);
            shunned.remove(id);
            received.remove(id);
            written.remove(id);
        }
    }

    private static void forget(Map<Long, Set<FakePeer>> sets, long id, FakePeer peer) {
        sets.getOrDefault(id, new HashSet<>()).remove(peer);
    }

    private static Map<FakePeer, Long> without(Map<FakePeer, Long> until, FakePeer peer) {
        until.remove(peer);
        return until;
    }

    /** Compares the picker's state with this one. */
    void check(PiecePicker picker) {
        PieceTable table = picker.table();
        int[] counts = picker.availability();
        Bitfield expected = new Bitfield(map.pieceCount());
        for (int piece = 0; piece < map.pieceCount(); piece++) {
            assertThat(counts[piece])
                    .as("availability of %d", piece)
                    .isEqualTo(availability(piece));
            if (verified.contains(piece)) {
                expected.set(piece);
            }
            checkPartial(piece, table.partials.get(piece), table);
        }
        assertThat(picker.verified()).isEqualTo(expected);
    }

    private void checkPartial(int piece, @Nullable PartialPiece partial, PieceTable table) {
        assertThat(partial != null).as("piece %d is begun", piece).isEqualTo(begun(piece));
        if (partial == null) {
            return;
        }
        int free = 0;
        int missing = 0;
        for (int block = 0; block < partial.blocks(); block++) {
            long id = FakePeer.block(piece, block);
            byte state =
                    written.contains(id)
                            ? PartialPiece.WRITTEN
                            : received.contains(id)
                                    ? PartialPiece.RECEIVED
                                    : isAsked(id) ? PartialPiece.ASKED : PartialPiece.FREE;
            assertThat(partial.state(block)).as("block %d/%d", piece, block).isEqualTo(state);
            assertThat(partial.askersOf(block)).isEqualTo(asked.getOrDefault(id, Set.of()).size());
            free += state == PartialPiece.FREE ? 1 : 0;
            missing += state <= PartialPiece.ASKED ? 1 : 0;
        }
        assertThat(partial.free()).isEqualTo(free);
        assertThat(partial.missing()).isEqualTo(missing);
        boolean listed = false;
        for (int i = 0; i < table.partials.openCount(); i++) {
            listed |= table.partials.openAt(i) == partial;
        }
        assertThat(listed).as("piece %d is in the list of open ones", piece).isEqualTo(free > 0);
    }

    /** Checks that a new piece is one of the rarest of the highest priority that the peer has. */
    void checkNewPiece(int chosen, FakePeer peer) {
        List<Integer> open = new ArrayList<>();
        for (int piece = 0; piece < map.pieceCount(); piece++) {
            if (!verified.contains(piece)
                    && priorities[piece] != Priority.SKIP
                    && !begun(piece)
                    && peer.pieces.get(piece)) {
                open.add(piece);
            }
        }
        if (open.isEmpty()) {
            assertThat(chosen).isEqualTo(-1);
            return;
        }
        assertThat(open).contains(chosen);
        Priority highest = open.stream().map(p -> priorities[p]).max(Priority::compareTo).get();
        assertThat(priorities[chosen]).isEqualTo(highest);
        if (verified.size() >= NewPieces.RANDOM_PIECES) {
            int rarest =
                    open.stream()
                            .filter(p -> priorities[p] == highest)
                            .mapToInt(this::availability)
                            .min()
                            .getAsInt();
            assertThat(availability(chosen)).isEqualTo(rarest);
        }
    }
}
