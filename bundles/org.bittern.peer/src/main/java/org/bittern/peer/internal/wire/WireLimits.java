package org.bittern.peer.internal.wire;

/** What a frame of a stranger may cost; checked before memory is reserved. Sizes in bytes. */
public final class WireLimits {
    /** Length of a block; what we ask for and all that we take. */
    public static final int BLOCK_BYTES = 16 << 10;

    /** A length prefix above this is no peer protocol, whatever the id. */
    public static final int MAX_FRAME_BYTES = 16 << 20;

    /** Frames of ids that we do not know are skipped up to this length. */
    public static final int MAX_UNKNOWN_BYTES = 1 << 20;

    /** Longest block that a peer may ask for; the engine may refuse less. */
    public static final int MAX_REQUEST_BYTES = 128 << 10;

    /** Longest bitfield while the number of pieces is unknown: 4 Mi pieces. */
    public static final int MAX_BITFIELD_BYTES = 512 << 10;

    /** Longest extension message: a metadata piece and a full ut_pex are far below. */
    public static final int MAX_EXTENSION_BYTES = 256 << 10;

    /** Largest metadata that a peer may claim (BEP 9). */
    public static final int MAX_METADATA_BYTES = 30 << 20;

    /** Length of a piece of the metadata (BEP 9). */
    public static final int METADATA_PIECE_BYTES = 16 << 10;

    /** Hashes in one message: 512 asked ones (BEP 52) and their proof. */
    public static final int MAX_HASHES = 1024;

    /** Peers of one list of a ut_pex message that are looked at; BEP 11 allows 50. */
    public static final int MAX_PEX_PEERS = 200;

    /** Extensions of one handshake that are looked at. */
    public static final int MAX_EXTENSIONS = 64;

    /** Characters of a client's name that are kept. */
    public static final int MAX_CLIENT_CHARS = 64;

    private WireLimits() {}
}
