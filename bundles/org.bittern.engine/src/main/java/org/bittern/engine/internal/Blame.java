package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.bittern.engine.internal.choice.SmartBan;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out who sent bad blocks, and sends them away. Owned by the torrent's loop. */
final class Blame {
    private static final Logger log = LoggerFactory.getLogger(Blame.class);

    private final TorrentCore torrent;
    private @Nullable SmartBan smartBan; // null until something fails in this run

    Blame(TorrentCore torrent) {
        this.torrent = torrent;
    }

    /** A piece is bad; its senders are still known to the picker. */
    void bad(int piece) {
        SmartBan judge = judge();
        List<@Nullable InetSocketAddress> senders = senders(piece);
        ban(judge.pieceFailed(senders));
        TorrentStore store = torrent.openStore();
        if (store != null && SmartBan.needsProof(senders)) {
            store.blockDigests(
                    piece,
                    result -> {
                        if (result instanceof DiskResult.Ok<List<byte[]>> ok
                                && ok.value().size() == senders.size()) {
                            judge.remember(piece, senders, ok.value());
                        }
                    });
        }
        tellParole(judge);
    }

    private SmartBan judge() {
        SmartBan judge = smartBan == null ? new SmartBan() : smartBan;
        smartBan = judge;
        return judge;
    }

    /**
     * It is known which blocks of a piece are bad.
     *
     * @param senders per block, as {@link #senders} told while the piece was whole
     */
    void proved(List<@Nullable InetSocketAddress> senders, BitSet bad) {
        SmartBan judge = judge();
        ban(judge.proved(senders, bad));
        tellParole(judge);
    }

    /** A piece is good; its senders are still known to the picker. */
    void good(int piece) {
        SmartBan judge = smartBan;
        if (judge == null) {
            return;
        }
        judge.piecePassed(senders(piece));
        TorrentStore store = torrent.openStore();
        if (store != null && judge.suspects(piece)) {
            store.blockDigests(
                    piece,
                    result -> {
                        if (result instanceof DiskResult.Ok<List<byte[]>> ok) {
                            ban(judge.unmask(piece, ok.value()));
                        }
                    });
        }
        tellParole(judge);
    }

    /**
     * Who sent each block. Padding comes from nobody (BEP 47): it goes with the block before, so
     * that a piece of one peer has one sender.
     */
    List<@Nullable InetSocketAddress> senders(int piece) {
        Content content = torrent.requireContent();
        int blocks = content.map().blocksIn(piece);
        BitSet padding = content.map().paddingIn(piece);
        int first = padding.nextClearBit(0) < blocks ? padding.nextClearBit(0) : 0;
        InetSocketAddress sender = sender(content, piece, first);
        List<@Nullable InetSocketAddress> senders = new ArrayList<>(blocks);
        for (int block = 0; block < blocks; block++) {
            sender = padding.get(block) ? sender : sender(content, piece, block);
            senders.add(sender);
        }
        return senders;
    }

    private static @Nullable InetSocketAddress sender(Content content, int piece, int block) {
        return content.picker().sender(piece, block) instanceof PeerSession peer
                ? peer.address()
                : null;
    }

    private void ban(Set<InetSocketAddress> liars) {
        for (InetSocketAddress liar : liars) {
            log.info("{} bans {}: it sent bad data", torrent.name(), liar);
            torrent.dialler().ban(liar);
        }
    }

    private void tellParole(SmartBan judge) {
        for (PeerSession peer : torrent.swarm().peers()) {
            peer.down().parole(judge.onParole(peer.address()));
        }
    }
}
