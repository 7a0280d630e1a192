package org.bittern.peer.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.peer.internal.fake.Frames.ALL;
import static org.bittern.peer.internal.fake.Frames.block;
import static org.bittern.peer.internal.fake.Frames.content;
import static org.bittern.peer.internal.fake.Frames.encode;
import static org.bittern.peer.internal.fake.Frames.frame;
import static org.bittern.peer.internal.fake.Frames.hex;
import static org.bittern.peer.internal.fake.Frames.join;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.bittern.peer.internal.fake.FakePool;
import org.bittern.peer.internal.fake.Frames;
import org.bittern.peer.internal.fake.RecordedEvents;
import org.bittern.peer.internal.wire.MessageDecoder;
import org.bittern.peer.internal.wire.WireLimits;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.PeerMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cutting the stream: limits, splits, hostile bytes. */
@Timeout(60)
class FrameReaderTest {
    private static final int PIECES = 100;

    private final FakePool pool = new FakePool();
    private final RecordedEvents events = new RecordedEvents();
    private FrameReader reader = reader(ALL, PIECES);

    private FrameReader reader(Features features, int pieces) {
        return new FrameReader(
                new MessageDecoder(features, pieces, List.of()), pool, new Sink(events));
    }

    @AfterEach
    void givesAllMemoryBack() {
        reader.release();
        assertThat(pool.usedBytes()).isZero();
    }

    private void read(byte[]... parts) {
        for (byte[] part : parts) {
            reader.consume(ByteBuffer.wrap(part));
        }
    }

    @Test
    void readsTheFramesOfTheStandards() {
        read(
                hex("00000000"),
                hex("00000001 00  00000001 01  00000001 02  00000001 03"),
                hex("00000005 04 00000007"),
                hex("0000000d 06 00000001 00004000 00004000"),
                hex("0000000d 08 00000001 00004000 00004000"),
                hex("00000003 09 1ae1"),
                hex("00000001 0e  00000001 0f"),
                hex("00000005 0d 00000007  00000005 11 00000007"),
                hex("0000000d 10 00000001 00004000 00004000"));
        assertThat(events.messages)
                .containsExactly(
                        new PeerMessage.KeepAlive(),
                        new PeerMessage.Choke(),
                        new PeerMessage.Unchoke(),
                        new PeerMessage.Interested(),
                        new PeerMessage.NotInterested(),
                        new PeerMessage.Have(7),
                        new PeerMessage.Request(1, 16_384, 16_384),
                        new PeerMessage.Cancel(1, 16_384, 16_384),
                        new PeerMessage.DhtPort(6881),
                        new PeerMessage.HaveAll(),
                        new PeerMessage.HaveNone(),
                        new PeerMessage.Suggest(7),
                        new PeerMessage.AllowedFast(7),
                        new PeerMessage.Reject(1, 16_384, 16_384));
    }

    @ParameterizedTest
    @CsvSource({
        "ffffffff, at most 16777216",
        "01000001, at most 16777216",
        "0000000200, message 0 of 2 bytes",
        "0000000404, message 4 of 4 bytes",
        "0000000c06, message 6 of 12 bytes",
        "0000000d05, message 5 of 13 bytes",
        "0000000907, message 7 of 9 bytes",
        "0000400a07, message 7 of 16394 bytes",
        "0000000209, message 9 of 2 bytes",
        "0000000114, message 20 of 1 bytes",
        "0004000314, message 20 of 262147 bytes",
        "0000003015, message 21 of 48 bytes",
        "0000804216, message 22 of 32834 bytes",
        "0010000163, message 99 of 1048577 bytes",
        "000000050400000064, piece 100",
        "0000000504ffffffff, piece 4294967295",
        "0000000d06000000640000000000004000, piece 100",
        "0000000d06000000000000000000000000, for 0 bytes",
        "0000000d06000000000000000000020001, for 131073 bytes",
        "0000000d060000000000000000ffffffff, for 4294967295 bytes",
        "0000000d06000000007fffffff00004000, at 2147483647",
        "0000000d0600000000ffffffff00004000, at 4294967295",
        "0000000a07000000640000000000, piece 100",
        "0000000a0700000000ffffffff00, at 4294967295",
        "0000000e0500000000000000000000000001, spare bit",
    })
    void refusesWhatBreaksALimit(String bytes, String reason) {
        read(hex(bytes));
        assertThat(events.violation).isTrue();
        assertThat(events.reason).contains(reason);
        assertThat(events.messages).isEmpty();
        assertThat(pool.takePeak()).as("memory reserved").isZero();
    }

    @ParameterizedTest
    @CsvSource({"0000000505, 5", "0000000507, 7", "0000000510, 16", "0000000516, 22"})
    void waitsForTheRestWithoutComplaint(String head, int id) {
        byte[] bytes = hex(head);
        reader = reader(ALL, 0);
        reader.consume(ByteBuffer.wrap(bytes, 0, 4));
        assertThat(events.violation).as("message %d", id).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0d, 5", "0e, 1", "0f, 1", "10, 13", "11, 5"})
    void refusesFastMessagesThatWereNotAgreedOn(String id, int length) {
        reader = reader(Frames.NONE, PIECES);
        read(hex("000000" + "%02x".formatted(length) + id));
        assertThat(events.violation).isTrue();
        assertThat(events.reason).contains("without the fast extension");
    }

    @Test
    void skipsWhatItDoesNotKnow() {
        reader = reader(Frames.NONE, PIECES);
        read(frame(99, new byte[70_000]), frame(20, new byte[30]), hex("00000003 09 1ae1"));
        read(hex("00000001 c8"), hex("00000001 01"));
        assertThat(events.messages).containsExactly(new PeerMessage.Unchoke());
        assertThat(events.violation).isFalse();
    }

    @Test
    void takesABitfieldOfAnyLengthWhilePiecesAreUnknown() {
        reader = reader(ALL, 0);
        byte[] wire = new byte[WireLimits.MAX_BITFIELD_BYTES];
        read(frame(5, wire));
        assertThat(events.messages).hasSize(1);
        read(hex("00080002 05"));
        assertThat(events.violation).isTrue();
    }

    @Test
    void anAnnouncedLengthCostsNothingBeforeItsBytesArrive() {
        reader = reader(ALL, 0);
        for (int i = 0; i < 2_000; i++) {
            FrameReader idle = reader(ALL, 0);
            idle.consume(ByteBuffer.wrap(hex("00040002 14 00 64")));
            assertThat(idle.rest()).isNull();
        }
        assertThat(pool.takePeak()).isZero();
    }

    @Test
    void aBlockIsReadStraightIntoItsOwnBuffer() {
        byte[] bytes = block(3, 16_384, 16_384);
        reader.consume(ByteBuffer.wrap(bytes, 0, 1_000));
        assertThat(events.progressBytes).isEqualTo(1_000 - 13);
        ByteBuffer rest = reader.rest();
        assertThat(rest).isNotNull();
        assertThat(rest.remaining()).isEqualTo(bytes.length - 1_000);
        rest.put(bytes, 1_000, 2_000);
        reader.restRead(2_000);
        assertThat(events.progressBytes).isEqualTo(3_000 - 13);
        assertThat(events.blocks).isEmpty();
        rest.put(bytes, 3_000, bytes.length - 3_000);
        reader.restRead(bytes.length - 3_000);
        assertThat(events.blocks)
                .containsExactly(RecordedEvents.Block.of(3, 16_384, content(3, 16_384, 16_384)));
        assertThat(reader.rest()).isNull();
        assertThat(reader.payloadBytes()).isEqualTo(16_384);
    }

    @Test
    void aBlockKeptForLongPinsNothingButItself() {
        events.keepBlocks = true;
        read(join(block(0, 0, 100), block(1, 0, 16_384), hex("00000000")));
        assertThat(pool.usedBytes()).isEqualTo(100 + 16_384);
        events.kept.forEach(PooledBuffer::release);
    }

    @Test
    void everySplitGivesTheSameResult() {
        byte[] stream =
                join(
                        hex("00000000"),
                        encode(new PeerMessage.HaveAll(), ALL, PIECES),
                        frame(99, new byte[7]),
                        block(2, 0, 40),
                        encode(new PeerMessage.Request(1, 0, 16_384), ALL, PIECES),
                        encode(Frames.hello(java.util.Map.of(), List.of()), ALL, PIECES),
                        block(2, 40, 1),
                        encode(new PeerMessage.Pieces(new byte[13]), ALL, PIECES));
        read(stream);
        RecordedEvents whole = events;
        for (int first = 0; first <= stream.length; first++) {
            for (int second = first; second <= stream.length; second += 7) {
                RecordedEvents parts = new RecordedEvents();
                FrameReader split =
                        new FrameReader(
                                new MessageDecoder(ALL, PIECES, List.of()), pool, new Sink(parts));
                split.consume(ByteBuffer.wrap(stream, 0, first));
                split.consume(ByteBuffer.wrap(stream, first, second - first));
                split.consume(ByteBuffer.wrap(stream, second, stream.length - second));
                assertThat(parts.messages)
                        .as("split at %d and %d", first, second)
                        .usingRecursiveComparison()
                        .isEqualTo(whole.messages);
                assertThat(parts.blocks).isEqualTo(whole.blocks);
                assertThat(parts.violation).isFalse();
            }
        }
        assertThat(whole.messages).hasSize(5);
        assertThat(whole.blocks).hasSize(2);
    }

    @Test
    void randomBytesNeverThrow() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            RecordedEvents got = new RecordedEvents();
            FrameReader hostile =
                    new FrameReader(
                            new MessageDecoder(ALL, random.nextInt(3), List.of()),
                            pool,
                            new Sink(got));
            byte[] noise = new byte[1 + random.nextInt(80)];
            random.nextBytes(noise);
            byte[] payload = new byte[random.nextInt(60)];
            random.nextBytes(payload);
            ByteBuffer bytes =
                    ByteBuffer.wrap(join(frame(random.nextInt(25), payload), noise, noise));
            assertThat(survives(hostile, bytes)).as("seed %d, round %d", seed, i).isTrue();
            hostile.release();
        }
    }

    private static boolean survives(FrameReader reader, ByteBuffer bytes) {
        reader.consume(bytes);
        return true;
    }

    /** Passes on to the record of events. */
    static final class Sink implements FrameReader.Sink {
        private final RecordedEvents events;

        Sink(RecordedEvents events) {
            this.events = events;
        }

        @Override
        public void message(PeerMessage message) {
            events.message(message);
        }

        @Override
        public void block(int piece, int begin, PooledBuffer data) {
            events.block(piece, begin, data);
        }

        @Override
        public void progress(int bytes) {
            events.progress(bytes);
        }

        @Override
        public void violation(String reason) {
            events.closed(true, reason);
        }

        @Override
        public boolean closed() {
            return events.closings > 0;
        }
    }
}
