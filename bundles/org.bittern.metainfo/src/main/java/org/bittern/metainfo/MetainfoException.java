package org.bittern.metainfo;

/**
 * A torrent file, an info dictionary, a magnet link or an info-hash is not acceptable. The message
 * says what, which value, what is allowed.
 */
public final class MetainfoException extends Exception {
    private static final long serialVersionUID = 1L;

    public MetainfoException(String message) {
        super(message);
    }

    public MetainfoException(String message, Throwable cause) {
        super(message, cause);
    }
}
