package org.bittern.simulation;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.WebSeedProtocol;

/** A web server that has a payload (BEP 19), or is down. */
final class SimWebServer implements WebSeedProtocol {
    private static final long BLOCK_NANOS = Duration.ofMillis(50).toNanos();

    private final Payload payload;
    private boolean down;
    private int asked;

    SimWebServer(Payload payload) {
        this.payload = payload;
    }

    void down(boolean now) {
        down = now;
    }

    /** How often it was dialled. */
    int asked() {
        return asked;
    }

    @Override
    public void open(EventLoop loop, Seed seed, byte[] peerId, LinkEvents events) {
        asked++;
        if (down) {
            loop.execute(() -> events.closed(false, "the server is down"));
        } else {
            Link link = new Link(loop, peerId, events);
            loop.execute(link::begin);
        }
    }

    /** Brings a block each 50 ms. */
    private final class Link implements PeerLink {
        private final EventLoop loop;
        private final byte[] peerId;
        private final LinkEvents events;
        private long nextNanos;
        private boolean closed;

        Link(EventLoop loop, byte[] peerId, LinkEvents events) {
            this.loop = loop;
            this.peerId = peerId;
            this.events = events;
            nextNanos = loop.nanoTime();
        }

        void begin() {
            events.opened(this);
            events.message(new PeerMessage.HaveAll());
            events.message(new PeerMessage.Unchoke());
        }

        @Override
        public void send(PeerMessage message) {
            if (message instanceof PeerMessage.Request request) {
                nextNanos = Math.max(nextNanos, loop.nanoTime()) + BLOCK_NANOS;
                loop.schedule(nextNanos - loop.nanoTime(), () -> answer(request));
            }
        }

        private void answer(PeerMessage.Request request) {
            if (closed) {
                return;
            }
            PooledBuffer data = loop.buffers().take(request.length());
            ByteBuffer bytes = data.bytes();
            int begin = request.piece() * payload.metainfo().pieces().pieceLength();
            bytes.put(payload.bytes(), begin + request.begin(), request.length()).flip();
            events.block(request.piece(), request.begin(), data);
        }

        @Override
        public void close(String reason) {
            if (!closed) {
                closed = true;
                loop.execute(() -> events.closed(false, reason));
            }
        }

        @Override
        public InetSocketAddress remote() {
            return InetSocketAddress.createUnresolved("server", 80);
        }

        @Override
        public byte[] peerId() {
            return peerId;
        }

        @Override
        public String transport() {
            return "http";
        }

        @Override
        public boolean encrypted() {
            return false;
        }

        @Override
        public boolean incoming() {
            return false;
        }

        @Override
        public boolean zeroCopy() {
            return false;
        }

        @Override
        public Features features() {
            return new Features(false, false, false, false);
        }

        @Override
        public void sendBlock(int piece, int begin, BlockSource source) {
            source.release(); // it never asked
        }

        @Override
        public boolean withdrawBlock(int piece, int begin) {
            return false;
        }

        @Override
        public long queuedBytes() {
            return 0;
        }

        @Override
        public void pieceCount(int pieces) {
            // known from the beginning
        }

        @Override
        public void suspendReading(boolean suspended) {
            // disks are fast enough
        }

        @Override
        public long receivedBytes() {
            return 0;
        }

        @Override
        public long sentBytes() {
            return 0;
        }
    }
}
