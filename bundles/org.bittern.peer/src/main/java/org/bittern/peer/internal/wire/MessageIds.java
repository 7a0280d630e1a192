package org.bittern.peer.internal.wire;

/** Ids of the messages, the byte after the length prefix. */
public final class MessageIds {
    public static final int CHOKE = 0;
    public static final int UNCHOKE = 1;
    public static final int INTERESTED = 2;
    public static final int NOT_INTERESTED = 3;
    public static final int HAVE = 4;
    public static final int BITFIELD = 5;
    public static final int REQUEST = 6;
    public static final int BLOCK = 7;
    public static final int CANCEL = 8;

    /** BEP 5. */
    public static final int DHT_PORT = 9;

    /** BEP 6, like the following four. */
    public static final int SUGGEST = 13;

    public static final int HAVE_ALL = 14;
    public static final int HAVE_NONE = 15;
    public static final int REJECT = 16;
    public static final int ALLOWED_FAST = 17;

    /** BEP 10. */
    public static final int EXTENDED = 20;

    /** BEP 52, like the following two. */
    public static final int HASH_REQUEST = 21;

    public static final int HASHES = 22;
    public static final int HASH_REJECT = 23;

    private MessageIds() {}
}
