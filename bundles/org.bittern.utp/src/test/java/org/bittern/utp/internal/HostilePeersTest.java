package org.bittern.utp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bittern.spi.net.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer, or somebody who writes its address on packets, may not achieve. */
@Timeout(60)
class HostilePeersTest {
    private static final int NEVER_SENT = 12_345;

    private final Bench bench;
    private final List<Packet> answers = new ArrayList<>();
    private int lies; // what the network shall swallow

    HostilePeersTest() throws Exception {
        bench = new Bench(99);
        bench.net.drops =
                packet -> {
                    answers.add(packet);
                    return lies > 0;
                };
    }

    @Test
    void aSynIsAnsweredByNothingLongerThanItself() {
        for (int i = 0; i < 20; i++) {
            inject(packet(Header.Type.SYN, 100, 1, 0), at(1));
        }
        settle();
        assertThat(answers).hasSize(20);
        assertThat(bench.net.bytes).isEqualTo(20 * Header.BYTES);
        assertThat(answers)
                .extracting(answer -> answer.header().seq())
                .hasSize(20)
                .containsOnly(answers.getFirst().header().seq());
        assertThat(bench.accepted).isEmpty();
    }

    @Test
    void onlyWhoSawTheAnswerGetsAConnection() {
        inject(packet(Header.Type.SYN, 100, 7, 0), at(1));
        settle();
        Header answer = answers.getLast().header();
        assertThat(answer.type()).isEqualTo(Header.Type.STATE);
        assertThat(answer.id()).isEqualTo(100);
        assertThat(answer.ack()).isEqualTo(7);
        int seen = Seq.plus(answer.seq(), -1);
        for (int guess = 0; guess < 1 << 16; guess += 41) {
            if (guess != seen) {
                inject(packet(Header.Type.DATA, 101, 8, guess), at(1));
            }
        }
        settle();
        assertThat(bench.accepted).isEmpty();
        assertThat(answers).as("no data, no resets for guesses").hasSize(1);
        inject(packet(Header.Type.DATA, 101, 8, seen), at(1));
        settle();
        assertThat(bench.accepted).hasSize(1);
    }

    @Test
    void aFloodOfHalfOpenConnectionsKeepsNobodyOut() {
        for (int host = 0; host < 200; host++) {
            for (int i = 0; i < 100; i++) {
                inject(packet(Header.Type.SYN, 2 * i, 1, 0), at(host));
            }
        }
        settle();
        assertThat(answers).hasSize(200 * HalfOpens.MAX_PER_ADDRESS);
        bench.dial();
        settle();
        assertThat(bench.dialled).as("the oldest made room").hasSize(1);
        assertThat(bench.buffers.usedBytes()).isZero();
    }

    @Test
    void halfOpenConnectionsAreLimitedAndForgotten() {
        HalfOpens table = new HalfOpens(new Random(1));
        for (int host = 0; host < 200; host++) {
            for (int i = 0; i < 100; i++) {
                table.syn(new Header(Header.Type.SYN, 0, 2 * i, 1, 0, 0, 1, 0), at(host), host);
            }
        }
        assertThat(table.size()).isEqualTo(HalfOpens.MAX);
        long later = 200 + HalfOpens.PATIENCE_NANOS;
        table.syn(new Header(Header.Type.SYN, 0, 0, 1, 0, 0, 1, 0), at(1), later);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void whoIsTurnedAwayWithoutAWordLeavesNothingBehind() {
        for (int host = 0; host < 100; host++) {
            inject(packet(Header.Type.SYN, 100, 7, 0), at(host));
            settle();
            int ack = Seq.plus(answers.getLast().header().seq(), -1);
            inject(packet(Header.Type.DATA, 101, 8, ack), at(host));
            settle();
            Connection refused = bench.accepted.removeLast();
            Bench.on(refused, refused::close);
            settle();
            assertThat(answers.getLast().header().type()).isEqualTo(Header.Type.RESET);
        }
        assertThat(bench.two.connections()).isZero();
        assertThat(bench.buffers.usedBytes()).isZero();
    }

    @Test
    void packetsOfNobodyAreAnsweredSeldom() {
        for (int i = 0; i < 5_000; i++) {
            inject(packet(Header.Type.DATA, i, 1, 1), at(1));
            inject(packet(Header.Type.RESET, i, 1, 1), at(1));
        }
        settle();
        assertThat(answers).hasSize(Endpoint.RESETS_PER_SECOND);
        assertThat(answers).allMatch(answer -> answer.header().type() == Header.Type.RESET);
    }

    @Test
    void nobodyElseCanBreakOrFeedAConnection() throws Exception {
        Bench.Pair pair = bench.pair();
        byte[] data = Bench.bytes(1_000, 1);
        pair.from().send(data);
        settle();
        for (int id = 0; id < 1 << 16; id += 11) {
            inject(packet(Header.Type.RESET, id, NEVER_SENT, NEVER_SENT), at(5));
            inject(packet(Header.Type.FIN, id, NEVER_SENT, NEVER_SENT), at(5));
        }
        settle();
        assertThat(pair.to().broken).isNull();
        assertThat(pair.to().ended).isFalse();
        assertThat(pair.to().bytes()).isEqualTo(data);
    }

    @Test
    void acksOfWhatWasNeverSentAreIgnored() throws Exception {
        Bench.Pair pair = bench.pair();
        Packet last = lastFrom(Header.Type.STATE);
        lies = 1;
        pair.from().send(Bench.bytes(1_000, 1));
        settle();
        Header sent = answers.getLast().header();
        for (int ahead : new int[] {0, 1, 100, 20_000, 32_767}) {
            byte[] lie =
                    packet(
                            Header.Type.STATE,
                            last.header().id(),
                            last.header().seq(),
                            Seq.plus(sent.seq(), ahead + 1));
            bench.net.inject(lie, Bench.TWO, Bench.ONE);
        }
        settle();
        lies = 0;
        bench.net.time.run(Duration.ofSeconds(5));
        assertThat(pair.to().received.size()).as("it was sent again").isEqualTo(1_000);
    }

    @Test
    void whatComesTooEarlyTakesLittleMemory() {
        inject(packet(Header.Type.SYN, 100, 7, 0), at(1));
        settle();
        int ack = Seq.plus(answers.getLast().header().seq(), -1);
        inject(packet(Header.Type.DATA, 101, 8, ack), at(1));
        settle();
        for (int ahead = 2; ahead < 5_000; ahead++) {
            inject(packet(Header.Type.DATA, 101, 8 + ahead, ack), at(1));
            if (ahead % 100 == 0) {
                settle();
            }
        }
        settle();
        assertThat(bench.two.budget().usedBytes()).isLessThan(ReceiveWindow.CAPACITY_BYTES);
    }

    @Test
    void whatOneHostSendsTooEarlyLeavesRoomForOthers() throws Exception {
        for (int id = 100; id < 140; id += 2) {
            inject(packet(Header.Type.SYN, id, 7, 0), at(1));
            settle();
            int ack = Seq.plus(answers.getLast().header().seq(), -1);
            inject(packet(Header.Type.DATA, id + 1, 8, ack), at(1));
            for (int ahead = 2; ahead < 800; ahead++) {
                inject(packet(Header.Type.DATA, id + 1, 8 + ahead, ack), at(1));
            }
            settle();
        }
        assertThat(bench.two.budget().usedBytes()).isGreaterThan(30 << 20);
        bench.accepted.clear();
        Bench.Pair pair = bench.pair();
        pair.from().send(Bench.bytes(1_000_000, 1));
        bench.net.time.run(Duration.ofSeconds(5));
        assertThat(pair.to().received.size()).isEqualTo(1_000_000);
    }

    @Test
    void whoOpensItsWindowAgainAndAgainIsNotSentEverythingAgain() throws Exception {
        Bench.Pair pair = bench.pair();
        pair.from().send(Bench.bytes(500_000, 1));
        bench.net.time.run(Duration.ofSeconds(5));
        assertThat(pair.to().received.size()).isEqualTo(500_000);
        Header last = lastFrom(Header.Type.STATE).header();
        long first = data();
        lies = 1;
        pair.from().send(Bench.bytes(500_000, 2));
        bench.net.time.run(Duration.ofMillis(5));
        long before = data();
        assertThat(before - first).isGreaterThan(100);
        for (int time = 0; time < 40; time++) {
            ByteBuffer ack = ByteBuffer.allocate(Header.BYTES);
            int room = time % 2 == 0 ? 0 : 1 << 20;
            new Header(Header.Type.STATE, 0, last.id(), 1, 0, room, last.seq(), last.ack())
                    .put(ack);
            bench.net.inject(ack.array(), Bench.TWO, Bench.ONE);
            bench.net.time.run(Duration.ofMillis(5));
        }
        assertThat(data() - before).isLessThan(40);
    }

    /** How many packets with data were sent. */
    private long data() {
        return answers.stream()
                .filter(packet -> packet.header().type() == Header.Type.DATA)
                .count();
    }

    @Test
    void aFloodInOneTurnIsDroppedBeforeItTakesMemory() {
        inject(packet(Header.Type.SYN, 100, 7, 0), at(1));
        settle();
        int ack = Seq.plus(answers.getLast().header().seq(), -1);
        inject(packet(Header.Type.DATA, 101, 8, ack), at(1));
        settle();
        for (int i = 0; i < 20_000; i++) {
            inject(packet(Header.Type.DATA, 101, 10, ack), at(1));
        }
        settle();
        assertThat(bench.two.budget().usedBytes()).isLessThan(1 << 20);
        assertThat(bench.accepted).hasSize(1);
    }

    @Test
    void anEndInFrontOfDataIsNoEnd() {
        ReceiveWindow window = new ReceiveWindow(10);
        MemoryBudget budget = new MemoryBudget(1 << 20);
        take(window, budget, Header.Type.DATA, 15);
        assertThat(take(window, budget, Header.Type.FIN, 13))
                .isEqualTo(ReceiveWindow.Outcome.REFUSED);
        assertThat(take(window, budget, Header.Type.FIN, 16))
                .isEqualTo(ReceiveWindow.Outcome.EARLY);
        assertThat(take(window, budget, Header.Type.DATA, 17))
                .isEqualTo(ReceiveWindow.Outcome.REFUSED);
        for (int seq = 11; seq < 15; seq++) {
            take(window, budget, Header.Type.DATA, seq);
        }
        assertThat(window.ended()).isTrue();
        assertThat(window.readableBytes()).isEqualTo(5);
        window.release();
        assertThat(budget.usedBytes()).isZero();
    }

    private ReceiveWindow.Outcome take(
            ReceiveWindow window, MemoryBudget budget, Header.Type type, int seq) {
        PacketMemory memory = PacketMemory.force(bench.buffers, budget, 100);
        ByteBuffer payload = ByteBuffer.wrap(new byte[type == Header.Type.FIN ? 0 : 1]);
        ReceiveWindow.Outcome outcome =
                window.take(new Header(type, 0, 0, 0, 0, 0, seq, 0), payload, memory);
        memory.release();
        return outcome;
    }

    private Packet lastFrom(Header.Type type) {
        return answers.reversed().stream()
                .filter(packet -> packet.header().type() == type)
                .findFirst()
                .orElseThrow();
    }

    private void settle() {
        bench.net.time.run(Duration.ofMillis(200));
    }

    private void inject(byte[] packet, InetSocketAddress from) {
        bench.net.inject(packet, from, Bench.TWO);
    }

    private static InetSocketAddress at(int host) {
        return new InetSocketAddress(InetAddress.ofLiteral("10.9.0." + host), 7_000);
    }

    private static byte[] packet(Header.Type type, int id, int seq, int ack) {
        byte[] bytes = new byte[Header.BYTES + (type == Header.Type.DATA ? 1 : 0)];
        new Header(type, 0, id, 1, 0, 1 << 20, Seq.plus(seq, 0), ack).put(ByteBuffer.wrap(bytes));
        return bytes;
    }
}
