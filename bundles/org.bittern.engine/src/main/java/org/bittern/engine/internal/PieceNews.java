package org.bittern.engine.internal;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.peer.PeerMessage;

/** Tells the peers which pieces we have gained or lost. Owned by the torrent's loop. */
final class PieceNews {
    /** So long pieces are collected before peers hear of them. */
    private static final long HAVE_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int FIRST_ROOM = 8;

    private final TorrentCore torrent;
    private final Swarm swarm;
    private int[] untold = {}; // verified pieces that peers have not heard of
    private int untoldCount;

    PieceNews(TorrentCore torrent, Swarm swarm) {
        this.torrent = torrent;
        this.swarm = swarm;
    }

    /** A piece is verified: peers hear of it soon. */
    void verified(int piece) {
        if (untoldCount == untold.length) {
            untold = Arrays.copyOf(untold, Math.max(FIRST_ROOM, 2 * untoldCount));
        }
        untold[untoldCount++] = piece;
        if (untoldCount == 1) {
            torrent.loop().schedule(HAVE_DELAY_NANOS, this::tell);
        }
    }

    /** Tells at once what was collected. */
    void tell() {
        for (int i = 0; i < untoldCount; i++) {
            send(new PeerMessage.Have(untold[i]));
        }
        untoldCount = 0;
    }

    /** Pieces that peers believe to be here are not (lt_donthave, BEP 54). */
    void lost(Bitfield pieces) {
        tell(); // else some of them would be told afterwards
        for (int piece = pieces.nextSet(0); piece >= 0; piece = pieces.nextSet(piece + 1)) {
            send(new PeerMessage.DontHave(piece));
        }
    }

    private void send(PeerMessage message) {
        for (PeerSession peer : swarm.peers()) {
            if (peer.isOpen()) {
                peer.link().send(message);
            }
        }
    }

    /** Peers of a magnet link were told that we have nothing; now we know better. */
    void tellWhatWasThere() {
        for (PeerSession peer : List.copyOf(swarm.peers())) {
            if (peer.isOpen()) {
                peer.has().correctOurs();
            }
        }
    }
}
