package org.bittern.bencode;

/**
 * How the reader takes a dictionary whose keys do not ascend. The same key twice is refused in any
 * case: two readers would differ.
 */
public enum KeyOrder {
    /** Keys must ascend by their raw bytes, as BEP 3 demands. */
    STRICT,
    /**
     * Any order is taken: torrent files in that form exist, and their info-hash, over the raw
     * bytes, is well defined.
     */
    LENIENT
}
