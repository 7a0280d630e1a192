package org.bittern.utp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Whatever comes: nothing is thrown, memory is bounded and given back, bytes stay in order. */
class AnyPacketsPropertiesTest {

    @Property(tries = 300, seed = "29")
    void anyBytesAreAPacketOrNot(@ForAll @Size(max = 300) byte[] bytes) throws Exception {
        Packet packet = Packet.parse(ByteBuffer.wrap(bytes));
        if (packet != null) {
            for (int bit = 0; bit < packet.sackBits(); bit++) {
                packet.sacks(bit);
            }
            assertThat(packet.payload().remaining()).isLessThanOrEqualTo(bytes.length);
        }
        if (bytes.length > 0) {
            bytes[0] = (byte) ((bytes[0] & 0x70) % 0x50 | Header.VERSION); // closer to the truth
        }
        Packet.parse(ByteBuffer.wrap(bytes));
    }

    @Property(tries = 40, seed = "29")
    void whatAPeerMakesUpDoesNoHarm(@ForAll @LongRange(min = 1, max = 1L << 40) long seed)
            throws Exception {
        Random random = new Random(seed);
        Bench bench = new Bench(seed);
        Bench.Pair pair = bench.pair();
        Header[] last = new Header[1];
        bench.net.drops =
                packet -> {
                    last[0] = packet.header();
                    return random.nextInt(4) == 0;
                };
        pair.from().send(Bench.bytes(50_000, seed));
        pair.to().send(Bench.bytes(50_000, seed));
        for (int i = 0; i < 300; i++) {
            bench.net.time.run(Duration.ofMillis(random.nextInt(40)));
            if (last[0] != null) {
                boolean there = random.nextBoolean();
                bench.net.inject(
                        madeUp(random, last[0]),
                        there ? Bench.ONE : Bench.TWO,
                        there ? Bench.TWO : Bench.ONE);
            }
        }
        assertThat(bench.one.budget().usedBytes() + bench.two.budget().usedBytes())
                .isLessThan(2L * (ReceiveWindow.CAPACITY_BYTES + 2 * ReceiveWindow.WINDOW_BYTES));
        bench.net.drops = packet -> false;
        pair.from().close();
        pair.to().close();
        bench.net.time.run(Duration.ofMinutes(5));
        assertThat(bench.buffers.usedBytes()).isZero();
        assertThat(bench.one.budget().usedBytes()).isZero();
        assertThat(bench.two.budget().usedBytes()).isZero();
    }

    /** A packet near to a true one, with some fields that are not. */
    private static byte[] madeUp(Random random, Header near) {
        ByteBuffer out = ByteBuffer.allocate(Header.BYTES + 200);
        Header.Type[] types = Header.Type.values();
        new Header(
                        types[random.nextInt(types.length)],
                        random.nextInt(3),
                        Seq.plus(near.id(), random.nextInt(3) - 1),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt(3) == 0 ? 0 : random.nextInt(1 << 21),
                        Seq.plus(near.seq(), random.nextInt(40) - 20),
                        Seq.plus(near.ack(), random.nextInt(40) - 20))
                .put(out);
        byte[] rest = new byte[random.nextInt(200)];
        random.nextBytes(rest);
        out.put(rest);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    @Property(tries = 40, seed = "29")
    void anyLossDeliversTheBytesInOrder(
            @ForAll @LongRange(min = 1, max = 1L << 40) long seed,
            @ForAll @IntRange(min = 0, max = 25) int lossPercent,
            @ForAll @IntRange(min = 0, max = 30) int repeatPercent,
            @ForAll @IntRange(min = 0, max = 100) int jitterMillis,
            @ForAll @IntRange(min = 0, max = 60_000) int bytes)
            throws Exception {
        Bench bench = new Bench(seed);
        Bench.Pair pair = bench.pair();
        bench.net.loss = lossPercent / 100.0;
        bench.net.repetition = repeatPercent / 100.0;
        bench.net.jitterNanos = Duration.ofMillis(jitterMillis).toNanos();
        byte[] data = Bench.bytes(bytes, seed);
        pair.from().send(data);
        bench.net.time.runUntil(
                () -> pair.to().received.size() >= data.length, Duration.ofHours(3));
        assertThat(pair.to().bytes()).isEqualTo(data);
    }
}
