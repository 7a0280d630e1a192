package org.bittern.lsd.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MulticastAirTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final AtomicInteger looks = new AtomicInteger();
    private final MulticastAir air =
            new MulticastAir(
                    this::surroundings,
                    (bytes, from) -> heard.add(new String(bytes, StandardCharsets.US_ASCII)));

    /** At the first look an interface vanishes. */
    private LocalNet surroundings() throws SocketException {
        if (looks.getAndIncrement() == 0) {
            throw new SocketException("No such device");
        }
        return LocalNet.now(List.of(LOOPBACK));
    }

    @Test
    void hearsOnAfterAnInterfaceHasGone() throws Exception {
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.bind(new InetSocketAddress(LOOPBACK, 0));
            Thread.ofVirtual().name("ear").start(() -> air.receive(channel));
            send("first", channel);
            send("second", channel);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("second");
        }
    }

    private static void send(String text, DatagramChannel to) throws Exception {
        try (DatagramChannel from = DatagramChannel.open(StandardProtocolFamily.INET)) {
            from.bind(new InetSocketAddress(LOOPBACK, 0));
            from.send(
                    ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)),
                    to.getLocalAddress());
        }
    }
}
