package org.bittern.engine.internal;

import java.util.Arrays;
import org.bittern.engine.internal.choice.PiecePicker;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.MetainfoException;
import org.bittern.spi.peer.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * Which pieces a peer has. Owned by the torrent's loop. Before the metadata is known nobody can say
 * whether a bitfield makes sense; it is kept and looked at later.
 */
final class PeerPieces {
    /** Single "have" messages that are kept before the metadata is known. */
    private static final int MOST_EARLY_HAVES = 10_000;

    /**
     * Times that a peer may tell of all its pieces at once, or become a seed no more. Each makes us
     * count all pieces anew, for a few bytes.
     */
    private static final int MOST_TURNS = 64;

    private final PeerSession peer;
    private Bitfield bits = new Bitfield(0);
    private byte @Nullable [] earlyBitfield; // null: none came before the metadata
    private int[] earlyHaves = {};
    private int earlyHaveCount;
    private boolean earlyAll;
    private boolean saidNothing; // the metadata was not known when the link was opened
    private boolean counted; // the picker knows the peer
    private int turns;

    PeerPieces(PeerSession peer) {
        this.peer = peer;
    }

    /** Live; of length 0 before the metadata is known. */
    Bitfield bits() {
        return bits;
    }

    boolean complete() {
        return earlyAll || (bits.pieceCount() > 0 && bits.isComplete());
    }

    double progress() {
        return bits.pieceCount() == 0 ? 0 : (double) bits.cardinality() / bits.pieceCount();
    }

    /** First message after the handshake: what we have. */
    void announceOurs() {
        Content content = peer.torrent().content();
        if (content != null) {
            begin(content);
        }
        boolean fast = peer.link().features().fast();
        saidNothing = content == null;
        boolean heldBack = peer.torrent().swarm().superSeeder().begins();
        if (heldBack) {
            peer.torrent().swarm().superSeeder().opened(peer);
        }
        if (heldBack || content == null || content.verified().isEmpty()) {
            if (fast) {
                peer.link().send(new PeerMessage.HaveNone());
            }
        } else if (fast && content.complete()) {
            peer.link().send(new PeerMessage.HaveAll());
        } else {
            peer.link().send(PeerMessage.Pieces.of(content.verified()));
        }
    }

    /**
     * Tells of pieces that were there before the metadata, after we had said that there are none.
     */
    void correctOurs() {
        Content content = peer.torrent().content();
        if (saidNothing && content != null) {
            saidNothing = false;
            int piece = content.verified().nextSet(0);
            while (piece >= 0) {
                peer.link().send(new PeerMessage.Have(piece));
                piece = content.verified().nextSet(piece + 1);
            }
        }
    }

    /**
     * Goes on where another engine has stopped.
     *
     * @param told our pieces that the peer knows of
     */
    void takeUp(Bitfield told) {
        Content content = peer.torrent().requireContent();
        begin(content);
        for (int piece = 0; piece < told.pieceCount(); piece++) {
            boolean present = content.verified().get(piece);
            if (present != told.get(piece)) {
                peer.link()
                        .send(
                                present
                                        ? new PeerMessage.Have(piece)
                                        : new PeerMessage.DontHave(piece));
            }
        }
    }

    private void begin(Content content) {
        bits = new Bitfield(content.map().pieceCount());
        content.picker().peerAdded(bits);
        counted = true;
    }

    /** The metadata is known: what came before it can be understood. */
    void metadataKnown(Content content) {
        peer.link().pieceCount(content.map().pieceCount());
        begin(content);
        if (earlyAll) {
            haveAll();
        } else if (earlyBitfield != null) {
            bitfield(earlyBitfield);
        }
        for (int i = 0; i < earlyHaveCount && !peer.closed(); i++) {
            have(earlyHaves[i]);
        }
        earlyAll = false;
        earlyBitfield = null;
        earlyHaves = new int[0];
        earlyHaveCount = 0;
    }

    void have(int piece) {
        PiecePicker picker = picker();
        if (picker == null) {
            early(piece);
        } else if (piece >= bits.pieceCount()) {
            peer.close("has piece %d of %d".formatted(piece, bits.pieceCount()));
        } else if (bits.set(piece)) {
            picker.peerHas(piece, bits);
            peer.down().gained(piece);
            peer.torrent().swarm().superSeeder().has(peer, piece);
            peer.torrent().swarm().gained(peer);
        }
    }

    private void early(int piece) {
        if (earlyHaveCount == MOST_EARLY_HAVES) {
            peer.close("more than " + MOST_EARLY_HAVES + " pieces before the metadata");
            return;
        }
        if (earlyHaveCount == earlyHaves.length) {
            earlyHaves = Arrays.copyOf(earlyHaves, Math.max(16, 2 * earlyHaveCount));
        }
        earlyHaves[earlyHaveCount++] = piece;
    }

    void dontHave(int piece) {
        PiecePicker picker = picker();
        if (picker == null || piece >= bits.pieceCount() || !bits.get(piece)) {
            return;
        }
        if (bits.isComplete()) {
            if (turnsTooOften()) {
                return;
            }
            peer.torrent().dialler().seed(peer, false);
        }
        bits.clear(piece);
        picker.peerLost(piece, bits);
        peer.down().reconsider();
    }

    private boolean turnsTooOften() {
        if (++turns > MOST_TURNS) {
            peer.close("tells of its pieces again and again");
            return true;
        }
        return false;
    }

    void haveAll() {
        if (picker() == null) {
            earlyAll = true;
        } else {
            replace(Bitfield.full(bits.pieceCount()));
        }
    }

    void haveNone() {
        if (picker() != null) {
            replace(new Bitfield(bits.pieceCount()));
        }
    }

    void bitfield(byte[] wire) {
        if (picker() == null) {
            earlyBitfield = wire;
            return;
        }
        try {
            replace(Bitfield.fromWire(wire, bits.pieceCount()));
        } catch (MetainfoException e) {
            peer.close("bitfield: " + e.getMessage());
        }
    }

    private void replace(Bitfield all) {
        PiecePicker picker = picker();
        if (picker != null && !turnsTooOften()) {
            picker.peerRemoved(bits);
            bits = all;
            picker.peerAdded(bits);
            peer.torrent().dialler().seed(peer, bits.isComplete());
            peer.down().reconsider();
            peer.torrent().swarm().superSeeder().pieces(peer);
            peer.torrent().swarm().gained(peer);
        }
    }

    /** The peer is gone. */
    void forget() {
        PiecePicker picker = picker();
        if (picker != null) {
            picker.peerGone(peer);
            picker.peerRemoved(bits);
            counted = false;
        }
    }

    private @Nullable PiecePicker picker() {
        Content content = peer.torrent().content();
        return counted && content != null ? content.picker() : null;
    }
}
