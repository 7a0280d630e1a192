package org.bittern.net.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TcpConnectionTest {
    private static final long MIB = 1 << 20;

    private SocketFixture net;
    private EventLoop loop;

    @BeforeEach
    void start() throws Exception {
        net = new SocketFixture();
        loop = net.loops.loops().getLast();
    }

    @AfterEach
    void stop() {
        net.close();
    }

    @Test
    void carriesAStreamInPiecesOfAnySize() throws Exception {
        Transport.Listener listener = net.listen();
        Connection dialled = net.dial(loop, listener.local());
        Connection accepted = net.nextAccepted();
        assertThat(accepted.remote()).isEqualTo(dialled.local());
        assertThat(dialled.remote()).isEqualTo(listener.local());
        assertThat(accepted.transport()).isEqualTo("tcp");
        assertThat(accepted.zeroCopy()).isTrue();
        Sink sink = new Sink(accepted);
        OnLoop.run(accepted.loop(), () -> accepted.start(sink));
        Source source = new Source(dialled, 20 * MIB + 17);
        OnLoop.run(loop, source::start);
        assertThat(sink.end.get(30, TimeUnit.SECONDS)).isEqualTo(20 * MIB + 17);
        assertThat(source.end.get(30, TimeUnit.SECONDS)).isEqualTo(20 * MIB + 17);
    }

    @Test
    void sendsBytesOfAFile(@TempDir Path dir) throws Exception {
        Path path = Files.write(dir.resolve("file"), Sink.bytes(0, (int) (4 * MIB)));
        Transport.Listener listener = net.listen();
        Connection dialled = net.dial(loop, listener.local());
        Connection accepted = net.nextAccepted();
        Sink sink = new Sink(accepted);
        OnLoop.run(accepted.loop(), () -> accepted.start(sink));
        CompletableFuture<Long> sent = new CompletableFuture<>();
        try (FileChannel file = FileChannel.open(path)) {
            FileSource source = new FileSource(dialled, file, 4 * MIB, sent);
            OnLoop.run(
                    loop,
                    () -> {
                        dialled.start(source);
                        dialled.writeInterest(true);
                    });
            assertThat(sent.get(30, TimeUnit.SECONDS)).isEqualTo(4 * MIB);
            assertThatThrownBy(
                            () -> OnLoop.call(loop, () -> dialled.transferFrom(file, 4 * MIB, 1)))
                    .hasCauseInstanceOf(EOFException.class);
        }
        OnLoop.run(loop, dialled::close);
        assertThat(sink.end.get(30, TimeUnit.SECONDS)).isEqualTo(4 * MIB);
    }

    @Test
    void movesBetweenLoopsWhileDataFlows() throws Exception {
        Transport.Listener listener = net.listen();
        Connection dialled = net.dial(loop, listener.local());
        Connection accepted = net.nextAccepted();
        Sink sink = new Sink(accepted);
        OnLoop.run(accepted.loop(), () -> accepted.start(sink));
        Source source = new Source(dialled, Long.MAX_VALUE);
        OnLoop.run(loop, source::start);
        List<EventLoop> loops = net.loops.loops();
        for (int moves = 0; moves < 50; moves++) {
            long before = sink.received.get();
            Connection moving = moves % 2 == 0 ? accepted : dialled;
            EventLoop target = loops.get(moves / 2 % 2);
            CompletableFuture<Boolean> arrived = new CompletableFuture<>();
            moving.loop()
                    .execute(() -> moving.moveTo(target, () -> arrived.complete(target.inLoop())));
            assertThat(arrived.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(moving.loop()).isSameAs(target);
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> sink.received.get() > before);
        }
        source.stop();
        assertThat(sink.end.get(30, TimeUnit.SECONDS))
                .isEqualTo(source.end.get(30, TimeUnit.SECONDS));
    }

    @Test
    void keepsHandlerAndInterestOnItsWayThereAndBack() throws Exception {
        Transport.Listener listener = net.listen();
        Connection dialled = net.dial(loop, listener.local());
        Connection accepted = net.nextAccepted();
        Sink sink = new Sink(accepted);
        EventLoop home = accepted.loop();
        EventLoop other = otherThan(home);
        CompletableFuture<Boolean> back = new CompletableFuture<>();
        OnLoop.run(
                home,
                () -> {
                    accepted.start(sink);
                    accepted.moveTo(
                            other, () -> accepted.moveTo(home, () -> back.complete(home.inLoop())));
                });
        assertThat(back.get(30, TimeUnit.SECONDS)).isTrue();
        Source source = new Source(dialled, 1_000_000);
        OnLoop.run(loop, source::start);
        assertThat(sink.end.get(30, TimeUnit.SECONDS)).isEqualTo(1_000_000);
    }

    @Test
    void closingInTheHandlerKeepsTheRestOfTheTurnQuiet() throws Exception {
        Transport.Listener listener = net.listen();
        Connection dialled = net.dial(loop, listener.local());
        net.nextAccepted();
        CompletableFuture<String> calls = new CompletableFuture<>();
        OnLoop.run(
                loop,
                () -> {
                    dialled.start(
                            new Connection.Handler() {
                                @Override
                                public void readable() {
                                    calls.complete("readable");
                                }

                                @Override
                                public void writable() {
                                    dialled.close();
                                    dialled.close();
                                    loop.execute(() -> loop.execute(() -> calls.complete("quiet")));
                                }

                                @Override
                                public void broken(IOException reason) {
                                    calls.complete("broken");
                                }
                            });
                    dialled.writeInterest(true);
                });
        assertThat(calls.get(30, TimeUnit.SECONDS)).isEqualTo("quiet");
    }

    @Test
    void doesNotReadWhileNobodyIsInterested() throws Exception {
        Transport.Listener listener = net.listen();
        Connection dialled = net.dial(loop, listener.local());
        Connection accepted = net.nextAccepted();
        Sink sink = new Sink(accepted);
        OnLoop.run(
                accepted.loop(),
                () -> {
                    accepted.start(sink);
                    accepted.readInterest(false);
                });
        long length = 30 * MIB; // more than all the kernel's buffers
        Source source = new Source(dialled, length);
        OnLoop.run(loop, source::start);
        long before;
        long after = -1;
        do {
            before = after;
            OnLoop.run(accepted.loop(), () -> {});
            after = OnLoop.call(loop, source::written);
        } while (after != before);
        assertThat(after).isLessThan(length);
        assertThat(sink.received).hasValue(0);
        OnLoop.run(accepted.loop(), () -> accepted.readInterest(true));
        assertThat(sink.end.get(30, TimeUnit.SECONDS)).isEqualTo(length);
    }

    @Test
    void tellsAHandlerThatThrewThatItsConnectionIsGone() throws Exception {
        Transport.Listener listener = net.listen();
        Connection dialled = net.dial(loop, listener.local());
        net.nextAccepted();
        CompletableFuture<String> broken = new CompletableFuture<>();
        OnLoop.run(
                loop,
                () -> {
                    dialled.start(
                            new Connection.Handler() {
                                @Override
                                public void readable() {
                                    throw new IllegalStateException("not expected here");
                                }

                                @Override
                                public void writable() {
                                    throw new IllegalStateException("thrown on purpose by a test");
                                }

                                @Override
                                public void broken(IOException reason) {
                                    broken.complete(reason.getMessage());
                                }
                            });
                    dialled.writeInterest(true);
                });
        assertThat(broken.get(30, TimeUnit.SECONDS)).contains("handler failed");
        assertThatThrownBy(() -> OnLoop.call(loop, () -> dialled.write(oneByte(), 0, 1)))
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void refusesCallsFromOutsideTheLoop() throws Exception {
        Transport.Listener listener = net.listen();
        Connection dialled = net.dial(loop, listener.local());
        assertThatThrownBy(() -> dialled.write(oneByte(), 0, 1))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(dialled::close).isInstanceOf(IllegalStateException.class);
    }

    private EventLoop otherThan(EventLoop home) {
        return net.loops.loops().stream()
                .filter(each -> !each.equals(home))
                .findAny()
                .orElseThrow();
    }

    private static ByteBuffer[] oneByte() {
        return new ByteBuffer[] {ByteBuffer.allocate(1)};
    }
}
