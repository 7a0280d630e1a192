package org.bittern.demo.internal;

import java.util.List;

/**
 * A part that is exchanged.
 *
 * @param words for people
 * @param bundle its symbolic name
 */
record Part(String words, String bundle) {
    /** From those that a transfer hardly notices to the engine itself. */
    static final List<Part> ALL =
            List.of(
                    new Part("tracker", "org.bittern.tracker"),
                    new Part("DHT", "org.bittern.dht"),
                    new Part("block list", "org.bittern.blocklist"),
                    new Part("disk store", "org.bittern.disk.file"),
                    new Part("peer protocol", "org.bittern.peer"),
                    new Part("transport uTP", "org.bittern.utp"),
                    new Part("transport TCP", "org.bittern.net"),
                    new Part("engine", "org.bittern.engine"));
}
