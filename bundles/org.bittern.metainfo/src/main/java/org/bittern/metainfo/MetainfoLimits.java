package org.bittern.metainfo;

import org.bittern.bencode.BLimits;

/**
 * What a torrent may ask of us. Each bound is checked before memory is reserved for what it bounds.
 */
public final class MetainfoLimits {
    /** A torrent file. */
    public static final BLimits BENCODE = BLimits.DEFAULT;

    /**
     * The info dictionary of a magnet link's torrent: 30 MiB, as libtorrent has it, but fewer
     * tokens than a torrent file may have, for its bytes cost memory too.
     */
    public static final BLimits INFO = new BLimits(30 << 20, BENCODE.maxDepth(), 2_500_000);

    /** Pieces of one torrent: 2 Mi, as libtorrent has it. */
    public static final int MAX_PIECES = 1 << 21;

    /**
     * A torrent file that we have made of an info dictionary and what else peers have told: the
     * piece layers of all pieces. The rest, of which trackers may be most, has 4 MiB.
     */
    public static final BLimits STORED =
            new BLimits(
                    INFO.maxBytes() + MAX_PIECES * MerkleTree.HASH + (4 << 20),
                    BENCODE.maxDepth(),
                    BENCODE.maxTokens());

    /** Length of a piece in bytes: 512 MiB; 256 MiB pieces exist. */
    public static final int MAX_PIECE_LENGTH = 1 << 29;

    /** Smallest length of a piece where there is a v2 part (BEP 52); v1 sets none. */
    public static final int MIN_PIECE_LENGTH_V2 = 1 << 14;

    /** Files of one torrent, with padding. */
    public static final int MAX_FILES = 250_000;

    /** Elements of one file's path, with the torrent's name, and of a symbolic link's target. */
    public static final int MAX_PATH_DEPTH = 101;

    /** Elements of all paths and targets together: directories of many files count for each. */
    public static final int MAX_PATH_ELEMENTS = 1_000_000;

    /** Directories of one torrent. */
    public static final int MAX_DIRECTORIES = 200_000;

    /** Length of one file, and of all together: 256 TiB. */
    public static final long MAX_TOTAL_LENGTH = (1L << 48) - 1;

    /** Trackers of one torrent or link; those beyond are ignored. */
    public static final int MAX_TRACKERS = 500;

    /** Web seeds, HTTP seeds, nodes or peers of one torrent or link; those beyond are ignored. */
    public static final int MAX_SOURCES = 500;

    /** Length of a tracker's or seed's URL in characters; longer ones are ignored. */
    public static final int MAX_URL_CHARS = 4096;

    /** Length of a magnet link in characters. */
    public static final int MAX_MAGNET_CHARS = 256 * 1024;

    private MetainfoLimits() {}
}
