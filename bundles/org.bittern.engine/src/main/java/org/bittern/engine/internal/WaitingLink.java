package org.bittern.engine.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.net.Connection;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkState;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerProtocol;

/**
 * A link that no version of the peer protocol speaks on at this moment: what is to be said waits,
 * and what the peer says waits in its socket. Owned by the torrent's loop.
 */
final class WaitingLink implements PeerLink {
    /** More than a torrent says to a silent peer in the time that a link may wait. */
    private static final int MOST_MESSAGES = 10_000;

    private final LinkState state;
    private final LinkEvents events;
    private final List<PeerMessage> messages = new ArrayList<>();
    private final List<LinkState.Block> blocks;
    private int pieceCount;
    private boolean suspended;
    private boolean over; // closed, or another link goes on

    /**
     * @param state of the link, which is ours now
     * @param events of the link
     */
    WaitingLink(LinkState state, LinkEvents events) {
        this.state = state;
        this.events = events;
        blocks = new ArrayList<>(state.sending().blocks());
        pieceCount = state.spec().pieceCount();
        suspended = state.receiving().suspended();
        state.connection().start(new Watch());
        state.connection().readInterest(false);
    }

    /** Notices when the connection breaks. */
    private final class Watch implements Connection.Handler {
        @Override
        public void readable() {
            // reading is not wanted
        }

        @Override
        public void writable() {
            // neither is writing
        }

        @Override
        public void broken(IOException reason) {
            close(reason.getMessage() == null ? "connection lost" : reason.getMessage());
        }
    }

    /**
     * Lets a version of the protocol go on.
     *
     * @return empty when it cannot, or the link is closed: it stays as it is
     */
    Optional<PeerLink> goOn(PeerProtocol protocol) {
        if (over) {
            return Optional.empty();
        }
        Optional<PeerLink> next = protocol.resume(now(), events);
        next.ifPresent(link -> {
            over = true;
            messages.forEach(link::send);
        });
        return next;
    }

    private LinkState now() {
        LinkState.Receiving in = state.receiving();
        LinkState.Sending out = state.sending();
        return new LinkState(
                state.connection(),
                state.spec().withPieceCount(pieceCount),
                state.peerId(),
                state.features(),
                state.incoming(),
                state.extensions(),
                new LinkState.Receiving(
                        in.cipher(), in.begun(), in.skipped(), suspended, in.bytes()),
                new LinkState.Sending(
                        out.cipher(), out.first(), out.ending(), List.copyOf(blocks), out.bytes()));
    }

    @Override
    public InetSocketAddress remote() {
        return state.connection().remote();
    }

    @Override
    public byte[] peerId() {
        return state.peerId();
    }

    @Override
    public String transport() {
        return state.connection().transport();
    }

    @Override
    public boolean encrypted() {
        return state.sending().cipher().isPresent();
    }

    @Override
    public boolean incoming() {
        return state.incoming();
    }

    @Override
    public boolean zeroCopy() {
        return true;
    }

    @Override
    public Features features() {
        return state.features();
    }

    @Override
    public void send(PeerMessage message) {
        if (!over) {
            messages.add(message);
            if (messages.size() > MOST_MESSAGES) {
                close("too much to say while the peer protocol is exchanged");
            }
        }
    }

    @Override
    public void sendBlock(int piece, int begin, BlockSource source) {
        if (over) {
            source.release();
        } else {
            blocks.add(new LinkState.Block(piece, begin, source));
        }
    }

    @Override
    public boolean withdrawBlock(int piece, int begin) {
        for (Iterator<LinkState.Block> i = blocks.iterator(); i.hasNext() && !over; ) {
            LinkState.Block block = i.next();
            if (block.piece() == piece && block.begin() == begin) {
                i.remove();
                block.source().release();
                return true;
            }
        }
        return false;
    }

    @Override
    public long queuedBytes() {
        long bytes = state.sending().first().length;
        for (LinkState.Block block : blocks) {
            bytes += block.source().length();
        }
        return bytes;
    }

    @Override
    public void pieceCount(int pieces) {
        pieceCount = pieces;
    }

    @Override
    public void suspendReading(boolean now) {
        suspended = now;
    }

    @Override
    public long receivedBytes() {
        return state.receiving().bytes();
    }

    @Override
    public long sentBytes() {
        return state.sending().bytes();
    }

    @Override
    public void close(String reason) {
        if (!over) {
            over = true;
            blocks.forEach(block -> block.source().release());
            state.connection().loop().execute(() -> events.closed(false, reason));
            state.connection().close();
        }
    }
}
