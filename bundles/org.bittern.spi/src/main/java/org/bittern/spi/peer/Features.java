package org.bittern.spi.peer;

/**
 * What the reserved bits of a handshake offer.
 *
 * @param extended extension protocol (BEP 10)
 * @param fast fast extension (BEP 6)
 * @param dht DHT port message (BEP 5)
 * @param v2 the torrent is a hybrid and the peer may go on in its v2 swarm (BEP 52)
 */
public record Features(boolean extended, boolean fast, boolean dht, boolean v2) {
    /** What both sides offer. */
    public Features and(Features other) {
        return new Features(
                extended && other.extended, fast && other.fast, dht && other.dht, v2 && other.v2);
    }
}
