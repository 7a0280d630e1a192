package org.bittern.utp.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.bittern.spi.net.Datagrams;
import org.bittern.spi.net.EventLoop;
import org.bittern.testkit.VirtualTime;
import org.jspecify.annotations.Nullable;

/**
 * A network of datagrams with all that networks do: they delay, lose, repeat, overtake, queue up in
 * front of a slow line, cut or drop what is too large. The fields may be changed at any time.
 */
final class VirtualNet implements Datagrams {
    /** Timestamps of 32 bits wrap around after three seconds. */
    private static final long BEGIN_NANOS =
            Duration.of(1L << 32, ChronoUnit.MICROS).minusSeconds(3).toNanos();

    final VirtualTime time;
    final Random random;
    final Map<InetSocketAddress, Socket> sockets = new HashMap<>();

    long delayNanos = Duration.ofMillis(20).toNanos(); // one way
    long jitterNanos;
    double loss;
    double repetition;
    long bytesPerSecond; // of each sender's line, 0 = infinite
    int queueBytes = 200_000; // in front of the line
    double standingQueueSeconds; // what others have put there
    int mtu = 65_507; // an uncut datagram of more gets lost
    boolean dropsLarge; // also those that may be cut
    int receiverBytes = 65_507; // the rest of a datagram is cut off without a word
    Predicate<Packet> drops = packet -> false;
    final List<Long> sizes = new ArrayList<>();
    long datagrams;
    long bytes;
    long dropped;
    private final Map<InetSocketAddress, Long> lineFreeNanos = new HashMap<>(); // by sender

    VirtualNet(long seed) {
        System.out.println("seed " + seed);
        random = new Random(seed);
        time = new VirtualTime(BEGIN_NANOS);
    }

    private final Map<InetSocketAddress, EventLoop> loops = new HashMap<>();

    /** Who opens this address receives on this loop. */
    void home(InetSocketAddress address, EventLoop loop) {
        loops.put(address, loop);
    }

    @Override
    public Port open(InetSocketAddress local, Receiver receiver) throws IOException {
        EventLoop loop = loops.get(local);
        if (loop == null) {
            throw new IOException("no machine at " + local);
        }
        Socket socket = sockets.computeIfAbsent(local, at -> new Socket(at, loop));
        Share share = new Share(socket, receiver);
        socket.shares.add(share);
        return share;
    }

    /** How long what is sent now waits in front of the line. */
    double queueSeconds(InetSocketAddress from) {
        return queueNanos(from) / 1e9;
    }

    private long queueNanos(InetSocketAddress from) {
        Long free = lineFreeNanos.get(from);
        return free == null ? 0 : Math.max(0, free - time.nanoTime());
    }

    /** Something that comes out of nowhere. */
    void inject(byte[] datagram, InetSocketAddress from, InetSocketAddress to) {
        deliver(datagram, from, to, 0);
    }

    private void transmit(byte[] datagram, InetSocketAddress from, InetSocketAddress to) {
        datagrams++;
        bytes += datagram.length;
        Packet packet = Packet.parse(ByteBuffer.wrap(datagram));
        if (random.nextDouble() < loss || (packet != null && drops.test(packet))) {
            dropped++;
            return;
        }
        long wait = 0;
        if (bytesPerSecond > 0) {
            long now = time.nanoTime();
            long begin = now + queueNanos(from);
            if ((begin - now) * bytesPerSecond / 1_000_000_000L > queueBytes) {
                dropped++;
                return;
            }
            wait = begin - now + datagram.length * 1_000_000_000L / bytesPerSecond;
            lineFreeNanos.put(from, now + wait);
        }
        wait += (long) (standingQueueSeconds * 1e9);
        deliver(datagram, from, to, wait + delay());
        if (random.nextDouble() < repetition) {
            deliver(datagram, from, to, wait + delay());
        }
    }

    private long delay() {
        return delayNanos + (jitterNanos > 0 ? random.nextLong(jitterNanos) : 0);
    }

    private void deliver(
            byte[] datagram, InetSocketAddress from, InetSocketAddress to, long delay) {
        time.after(
                delay,
                () -> {
                    Socket socket = sockets.get(to);
                    if (socket != null) {
                        socket.loop.execute(() -> socket.received(datagram, from, receiverBytes));
                    }
                });
    }

    /** A bound socket. */
    static final class Socket {
        private final InetSocketAddress address;
        private final EventLoop loop;
        private final List<Share> shares = new ArrayList<>();

        Socket(InetSocketAddress address, EventLoop loop) {
            this.address = address;
            this.loop = loop;
        }

        private void received(byte[] datagram, InetSocketAddress from, int room) {
            for (Share share : List.copyOf(shares)) {
                int length = Math.min(room, datagram.length);
                if (share.receiver.received(
                        ByteBuffer.wrap(datagram.clone(), 0, length).slice(), from)) {
                    return;
                }
            }
        }
    }

    private final class Share implements Port {
        private final Socket socket;
        private final Receiver receiver;

        Share(Socket socket, Receiver receiver) {
            this.socket = socket;
            this.receiver = receiver;
        }

        @Override
        public InetSocketAddress local() {
            return socket.address;
        }

        @Override
        public EventLoop loop() {
            return socket.loop;
        }

        @Override
        public boolean send(ByteBuffer datagram, InetSocketAddress to) {
            byte @Nullable [] copy = copy(datagram, dropsLarge);
            if (copy != null) {
                transmit(copy, socket.address, to);
            }
            return true;
        }

        @Override
        public boolean sendUncut(ByteBuffer datagram, InetSocketAddress to) {
            byte @Nullable [] copy = copy(datagram, true);
            if (copy != null) {
                transmit(copy, socket.address, to);
            }
            return true;
        }

        private byte @Nullable [] copy(ByteBuffer datagram, boolean whole) {
            byte[] copy = new byte[datagram.remaining()];
            datagram.get(copy);
            sizes.add((long) copy.length);
            return whole && copy.length > mtu ? null : copy;
        }

        @Override
        public void close() {
            socket.shares.remove(this);
            if (socket.shares.isEmpty()) {
                sockets.remove(socket.address);
            }
        }
    }
}
