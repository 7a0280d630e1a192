package org.bittern.peer.internal.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.peer.internal.fake.Frames.block;
import static org.bittern.peer.internal.fake.Frames.content;
import static org.bittern.peer.internal.fake.Frames.frame;
import static org.bittern.peer.internal.fake.Frames.hex;
import static org.bittern.peer.internal.fake.Frames.join;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bittern.peer.internal.fake.FakeConnection;
import org.bittern.peer.internal.fake.FakeLimit;
import org.bittern.peer.internal.fake.FakeLoop;
import org.bittern.peer.internal.fake.FakeSource;
import org.bittern.peer.internal.fake.RecordedEvents;
import org.bittern.peer.internal.fake.RecordedEvents.Block;
import org.bittern.peer.internal.fake.TestPeer;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.peer.LinkState;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Links that go from one version of the protocol to the next, wherever they stand. */
@Timeout(60)
class HandoverTest extends LinkFixture {
    private final LoopShares successor = new LoopShares(Runnable::run, new Random(2));

    private void handOver() {
        LinkState state = us.events.open().leave().orElseThrow();
        shares.stop();
        loop.run();
        us.events.link = successor.resume(state, us.events).orElseThrow();
    }

    private void end() {
        us.events.open().close("enough");
        loop.run();
        assertThat(us.events.closings).isOne();
        successor.stop();
    }

    /** Messages of each kind, one of which nobody reads. */
    private static byte[] stream() {
        return join(
                hex("00000001 01"),
                block(1, 0, BLOCK),
                frame(99, new byte[300]),
                hex("00000005 04 00000007"),
                frame(20, "\0d1:md11:ut_metadatai9eee".getBytes(StandardCharsets.ISO_8859_1)),
                block(2, BLOCK, 700),
                hex("00000000"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 5, 6, 17, 18, 19, 5_000, 16_402, 16_403, 16_407, 16_408, 16_500})
    void goesOnInTheMiddleOfWhatArrives(int bytes) {
        open();
        byte[] all = stream();
        receive(Arrays.copyOf(all, bytes));
        handOver();
        receive(Arrays.copyOfRange(all, bytes, all.length));
        assertThat(us.events.blocks)
                .containsExactly(
                        Block.of(1, 0, content(1, 0, BLOCK)),
                        Block.of(2, BLOCK, content(2, BLOCK, 700)));
        assertThat(us.events.messages)
                .hasSize(4)
                .startsWith(new PeerMessage.Unchoke(), new PeerMessage.Have(7))
                .endsWith(new PeerMessage.KeepAlive());
        assertThat(us.events.opened).isOne();
        assertThat(us.events.open().receivedBytes()).isEqualTo(all.length);
        us.events.open().send(new PeerMessage.MetadataRequest(0));
        loop.run();
        assertThat(connection.takeSent())
                .as("with the id that was learnt")
                .startsWith(hex("0000001b 14 09"));
        end();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 12, 13, 14, 9_000, 16_396, 16_397, 16_398, 30_000})
    void goesOnInTheMiddleOfWhatGoesOut(int bytes) {
        long greeted = open().open().sentBytes();
        connection.writeAtMost(bytes);
        sendBlocks(3);
        loop.run();
        us.events.open().send(new PeerMessage.Have(3));
        long queued = us.events.open().queuedBytes();
        handOver();
        assertThat(us.events.open().queuedBytes()).isEqualTo(queued);
        assertThat(us.events.open().withdrawBlock(0, 2 * BLOCK)).isTrue();
        connection.writeAtMost(Long.MAX_VALUE);
        loop.run();
        byte[] have = hex("00000005 04 00000003");
        int before = bytes == 0 ? 0 : bytes <= BLOCK + 13 ? 1 : 2;
        byte[] expected =
                join(
                        blocks(before),
                        have,
                        Arrays.copyOfRange(blocks(2), before * (BLOCK + 13), 2 * (BLOCK + 13)));
        assertThat(connection.takeSent()).isEqualTo(expected);
        assertThat(us.events.sent).containsExactly("0/0+16384", "0/16384+16384");
        assertThat(us.events.open().sentBytes()).isEqualTo(greeted + expected.length);
        end();
    }

    @Test
    void givesBackWhatALimitGrantedAndIsSilentWhileItIsNotRead() {
        FakeLimit limit = new FakeLimit(BLOCK + 100);
        us.up = limit;
        open();
        us.events.open().suspendReading(true);
        connection.writeAtMost(0);
        sendBlocks(2);
        loop.run();
        handOver();
        assertThat(limit.tokens()).isEqualTo(BLOCK + 100);
        receive(hex("00000001 01"));
        assertThat(us.events.messages).as("still suspended").isEmpty();
        us.events.open().suspendReading(false);
        connection.writeAtMost(Long.MAX_VALUE);
        loop.run();
        assertThat(us.events.messages).containsExactly(new PeerMessage.Unchoke());
        assertThat(us.events.sent).containsExactly("0/0+16384");
        end();
    }

    @Test
    void aLinkThatIsClosedOrHasABlockThatCannotBeReadIsNotLeft(@TempDir Path directory)
            throws IOException {
        open();
        connection.writeAtMost(100);
        BlockSource.Files source =
                (BlockSource.Files) FakeSource.files(directory, 0, 0, BLOCK, () -> filesClosed++);
        us.events.open().sendBlock(0, 0, source);
        loop.run();
        source.regions().getFirst().file().close();
        assertThat(us.events.open().leave()).isEmpty();
        loop.run();
        assertThat(us.events.closings).isOne();
        assertThat(us.events.open().leave()).isEmpty();
        assertThat(filesClosed).isOne();
    }

    @Test
    void aProtocolThatStopsResumesNothing() {
        open();
        LinkState state = us.events.open().leave().orElseThrow();
        successor.stop();
        assertThat(successor.resume(state, us.events)).isEmpty();
        assertThat(connection.closed()).isFalse();
        us.events.link = shares.resume(state, us.events).orElseThrow();
        us.events.open().close("enough");
        loop.run();
        assertThat(us.events.closings).isOne();
    }

    @Test
    void endsWithoutMemoryForWhatHasBegun() {
        open();
        receive(Arrays.copyOf(block(1, 0, BLOCK), 500));
        sendBlocks(1);
        LinkState state = us.events.open().leave().orElseThrow();
        loop.pool().useUp();
        us.events.link = successor.resume(state, us.events).orElseThrow();
        loop.run();
        assertThat(us.events.closings).isOne();
        assertThat(us.events.reason).contains("no memory");
        successor.stop();
    }

    /** Both ends of a link, each of which is handed over again and again. */
    @ParameterizedTest
    @CsvSource({"PLAINTEXT_ONLY, 1", "PLAINTEXT_ONLY, 2", "RC4_ONLY, 3", "RC4_ONLY, 4"})
    void nothingIsLostOrSaidTwiceAtRandomMoments(EncryptionPolicy policy, long seed) {
        FakeLoop otherLoop = new FakeLoop();
        TestPeer other = new TestPeer(otherLoop, "-BN0001-them01234567");
        us.encryption = policy;
        us.pieceCount = 600;
        other.encryption = policy;
        other.pieceCount = 600;
        FakeConnection there = new FakeConnection(otherLoop);
        FakeConnection.join(connection, there);
        shares.accept(there, other);
        shares.dial(connection, us.spec(), policy == EncryptionPolicy.RC4_ONLY, us.events);
        for (int i = 0; i < 40; i++) {
            loop.run();
            otherLoop.run();
        }
        Random random = new Random(seed);
        End here = new End(us, connection, shares, random);
        End far = new End(other, there, shares, random);
        for (int i = 0; i < 600; i++) {
            here.act(i);
            far.act(i);
        }
        for (End end : List.of(here, far, here, far)) {
            end.finish();
        }
        assertThat(other.events.blocks).isEqualTo(here.blocks);
        assertThat(other.events.messages.stream().filter(PeerMessage.Request.class::isInstance))
                .isEqualTo(here.messages);
        assertThat(us.events.blocks).isEqualTo(far.blocks);
        assertThat(us.events.messages.stream().filter(PeerMessage.Request.class::isInstance))
                .isEqualTo(far.messages);
        assertThat(us.events.sent).isEqualTo(here.sent).isNotEmpty();
        assertThat(other.events.sent).isEqualTo(far.sent);
        assertThat(here.handovers + far.handovers).isGreaterThan(100);
        us.events.open().close("enough");
        loop.run();
        otherLoop.run();
        assertThat(other.events.closings).isOne();
        assertThat(otherLoop.pool().usedBytes()).isZero();
        assertThat(otherLoop.waitingTimers()).isZero();
    }

    /** One end, and what it has said. */
    private static final class End {
        final List<Block> blocks = new ArrayList<>();
        final List<PeerMessage> messages = new ArrayList<>();
        final List<String> sent = new ArrayList<>();
        int handovers;
        private final TestPeer peer;
        private final FakeConnection connection;
        private final Random random;
        private LoopShares shares;

        End(TestPeer peer, FakeConnection connection, LoopShares shares, Random random) {
            this.peer = peer;
            this.connection = connection;
            this.shares = shares;
            this.random = random;
        }

        void act(int turn) {
            RecordedEvents events = peer.events;
            PeerLink link = events.open();
            connection.readAtMost(1 + random.nextInt(9_000));
            connection.writeAtMost(random.nextInt(9_000));
            switch (random.nextInt(4)) {
                case 0 -> {
                    int length = 1 + random.nextInt(BLOCK);
                    link.sendBlock(turn, 0, FakeSource.memory(peer.loop.pool(), turn, 0, length));
                    blocks.add(Block.of(turn, 0, content(turn, 0, length)));
                    sent.add(turn + "/0+" + length);
                }
                case 1 -> {
                    PeerMessage.Request request = new PeerMessage.Request(turn, turn, BLOCK);
                    link.send(request);
                    messages.add(request);
                }
                case 2 -> {
                    LinkState state = link.leave().orElseThrow();
                    handovers++;
                    shares = new LoopShares(Runnable::run, random);
                    events.link = shares.resume(state, events).orElseThrow();
                }
                default -> {
                    // only what is under way goes on
                }
            }
            peer.loop.run();
        }

        void finish() {
            connection.readAtMost(Integer.MAX_VALUE);
            connection.writeAtMost(Long.MAX_VALUE);
            peer.loop.run();
        }
    }
}
