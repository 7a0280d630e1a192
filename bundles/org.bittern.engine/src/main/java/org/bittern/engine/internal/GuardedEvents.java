package org.bittern.engine.internal;

import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;

/**
 * Passes the events of a link on to its peer session; when that fails by a mistake of ours, the
 * torrent goes to an error instead of going on with a state that nobody understands. Owned by the
 * torrent's loop. Each method catches by itself: a block is too frequent to make an object for.
 */
final class GuardedEvents implements LinkEvents {
    private final TorrentCore torrent;
    private final LinkEvents peer;

    GuardedEvents(TorrentCore torrent, LinkEvents peer) {
        this.torrent = torrent;
        this.peer = peer;
    }

    @Override
    public void opened(PeerLink link) {
        try {
            peer.opened(link);
        } catch (RuntimeException e) {
            torrent.broken(e);
        }
    }

    @Override
    public void message(PeerMessage message) {
        try {
            peer.message(message);
        } catch (RuntimeException e) {
            torrent.broken(e);
        }
    }

    @Override
    public void block(int piece, int begin, PooledBuffer data) {
        try {
            peer.block(piece, begin, data);
        } catch (RuntimeException e) {
            torrent.broken(e);
        }
    }

    @Override
    public void progress(int bytes) {
        peer.progress(bytes);
    }

    @Override
    public void blockSent(int piece, int begin, int length) {
        try {
            peer.blockSent(piece, begin, length);
        } catch (RuntimeException e) {
            torrent.broken(e);
        }
    }

    @Override
    public void closed(boolean violation, String reason) {
        try {
            peer.closed(violation, reason);
        } catch (RuntimeException e) {
            torrent.broken(e);
        }
    }
}
