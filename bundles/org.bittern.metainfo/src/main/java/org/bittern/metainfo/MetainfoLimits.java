package org.bittern.metainfo;

import org.bittern.bencode.BLimits;

/**
 * What a torrent may ask of us. Each bound is checked before memory is reserved for what it bounds.
 */
public final class MetainfoLimits {
    /** A torrent file, or the info dictionary of a magnet link's torrent. */
    public static final BLimits BENCODE = BLimits.DEFAULT;

    /** Pieces of one torrent: 2 Mi, as libtorrent has it. */
    public static final int MAX_PIECES = 1 << 21;

    /** Length of a piece in bytes: 512 MiB; 256 MiB pieces exist. */
    public static final int MAX_PIECE_LENGTH = 1 << 29;

    /** Smallest length of a piece where there is a v2 part (BEP 52); v1 sets none. */
    public static final int MIN_PIECE_LENGTH_V2 = 1 << 14;

    /** Files of one torrent, with padding. */
    public static final int MAX_FILES = 250_000;

    /** Elements of one file's path, with the torrent's name. */
    public static final int MAX_PATH_DEPTH = 101;

    /** Elements of all paths together: directories shared by many files count for each. */
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
