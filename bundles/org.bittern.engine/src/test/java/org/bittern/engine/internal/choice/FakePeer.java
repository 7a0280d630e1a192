package org.bittern.engine.internal.choice;

import java.util.HashSet;
import java.util.Set;
import org.bittern.metainfo.Bitfield;

/** A peer whose state a test sets. */
final class FakePeer implements PeerView {
    final String name;
    final Bitfield pieces;
    final Set<Long> asked = new HashSet<>(); // piece << 32 | block
    boolean choking;
    boolean snubbed;
    boolean stalled;
    boolean parole;
    long rate;
    int[] allowedFast = {};
    int[] suggested = {};

    FakePeer(String name, Bitfield pieces) {
        this.name = name;
        this.pieces = pieces;
    }

    static FakePeer seed(String name, int pieceCount) {
        return new FakePeer(name, Bitfield.full(pieceCount));
    }

    static FakePeer with(String name, int pieceCount, int... pieces) {
        Bitfield bits = new Bitfield(pieceCount);
        for (int piece : pieces) {
            bits.set(piece);
        }
        return new FakePeer(name, bits);
    }

    static long block(int piece, int block) {
        return (long) piece << 32 | block;
    }

    @Override
    public Bitfield pieces() {
        return pieces;
    }

    @Override
    public boolean chokesUs() {
        return choking;
    }

    @Override
    public boolean snubbed() {
        return snubbed;
    }

    @Override
    public boolean stalled() {
        return stalled;
    }

    @Override
    public boolean onParole() {
        return parole;
    }

    @Override
    public long downloadRate() {
        return rate;
    }

    @Override
    public int outstanding() {
        return asked.size();
    }

    @Override
    public int[] allowedFast() {
        return allowedFast;
    }

    @Override
    public int[] suggested() {
        return suggested;
    }

    @Override
    public String toString() {
        return name;
    }
}
