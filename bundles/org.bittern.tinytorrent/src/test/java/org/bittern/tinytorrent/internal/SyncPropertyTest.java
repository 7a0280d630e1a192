package org.bittern.tinytorrent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bittern.api.engine.Engine;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Snapshot and patches together are the state, whatever happens and however slow one reads. */
@Timeout(60)
class SyncPropertyTest {
    private static final int STEPS = 400;

    private final World world = new World();
    private final SyncState state = new SyncState(world);
    private final List<Front> fronts = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();

    @RepeatedTest(40)
    void beliefBecomesTruthAfterAnySequenceOfOperations() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        connect(false);
        for (int i = 0; i < STEPS; i++) {
            step(random);
        }
        fronts.forEach(front -> front.read(true));
        round();
        round(); // what was learnt while a message was on its way
        for (Front front : fronts) {
            assertThat(front.broken()).as("seed %d", seed).isEmpty();
            assertThat(front.belief()).as("seed %d", seed).isEqualTo(world.truth());
        }
    }

    @Test
    void secondsThatAreCountedCauseNoPatchAndComeWithTheNext() {
        int torrent = world.add();
        connect(false);
        Front front = fronts.getFirst();
        world.tick();
        world.tick();
        round();
        assertThat(front.patches()).isZero();
        world.change(torrent, 5);
        round();
        assertThat(front.patches()).isEqualTo(1);
        assertThat(front.field(torrent, "seconds")).isEqualTo(2);
        assertThat(front.field(torrent, "rate")).isEqualTo(5);
    }

    @Test
    void aNewClientSeesTheSecondsOfNow() {
        int torrent = world.add();
        look(false);
        world.tick();
        look(true);
        connect(false);
        assertThat(fronts.getFirst().field(torrent, "seconds")).isEqualTo(1);
    }

    @Test
    void whoeverAsksGetsUpdatedTorrentsWithAllFields() {
        int torrent = world.add();
        connect(true);
        connect(false);
        world.change(torrent, 7);
        round();
        assertThat(fronts.get(0).lastUpdate()).contains("name", "rate", "id");
        assertThat(fronts.get(1).lastUpdate()).contains("rate", "id").doesNotContain("name");
    }

    @Test
    void aLongSnapshotComesInPartsAndAClientThatWaitsHoldsOne() {
        for (int i = 0; i < 2000; i++) {
            world.add();
        }
        look(false);
        Front front = connect(false);
        assertThat(front.belief()).isEqualTo(world.truth());
        assertThat(front.parts()).isGreaterThan(2);
        Front stuck = new Front();
        stuck.read(false);
        client(stuck, false);
        for (int i = 1; i <= 50; i++) {
            world.change(i, i);
            round();
        }
        assertThat(stuck.parts()).isEqualTo(1);
        stuck.read(true);
        round();
        assertThat(stuck.patches()).as("merged into one").isEqualTo(1);
        assertThat(stuck.belief()).isEqualTo(world.truth());
    }

    @Test
    void whatCameAndWentBetweenTwoPatchesIsInNone() {
        Front front = connect(false);
        front.read(false);
        world.speed(1);
        round(); // is on its way
        int torrent = world.add();
        round();
        world.remove(torrent);
        round();
        front.read(true);
        round();
        assertThat(front.broken()).isEmpty();
        assertThat(front.belief()).isEqualTo(world.truth());
    }

    private void step(Random random) {
        List<Integer> numbers = world.numbers();
        int number = numbers.isEmpty() ? 0 : numbers.get(random.nextInt(numbers.size()));
        switch (random.nextInt(12)) {
            case 0, 1 -> world.add();
            case 2 -> world.remove(number);
            case 3, 4, 5 -> world.change(number, random.nextInt(5));
            case 6 -> world.tick();
            case 7 -> world.speed(random.nextInt(3));
            case 8, 9 -> round();
            case 10 -> any(random).read(random.nextBoolean());
            default -> rarely(random);
        }
    }

    private void rarely(Random random) {
        switch (random.nextInt(6)) {
            case 0 -> world.swap();
            case 1 -> look(true);
            case 2 -> connect(false);
            case 3 -> connect(true);
            default -> round();
        }
    }

    private Front any(Random random) {
        return fronts.get(random.nextInt(fronts.size()));
    }

    private Front connect(boolean full) {
        look(false);
        Front front = new Front();
        client(front, full);
        return front;
    }

    private void client(Front front, boolean full) {
        Client client = new Client(front, full, Runnable::run, () -> 0);
        fronts.add(front);
        clients.add(client);
        client.begin(state.session(), state.torrents());
    }

    private void round() {
        look(false);
        clients.forEach(Client::round);
    }

    private void look(boolean all) {
        Engine engine = world.engine().orElseThrow();
        Patch patch = state.look(engine, all);
        clients.forEach(client -> client.learn(patch, List.of()));
    }
}
