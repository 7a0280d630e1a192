package org.bittern.net.internal;

import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import org.bittern.spi.net.AddressScope;
import org.bittern.spi.net.HttpUrl;
import org.bittern.spi.net.Route;

/**
 * A connection to the server of a request, which was judged before. One thread after the other.
 *
 * @param route in force when it was made
 */
record HttpLine(Hop hop, Route route, Socket socket) {
    /**
     * One request of those that redirects make of one.
     *
     * @param from where the server is that has sent us here; empty when none has
     */
    record Hop(HttpUrl target, Optional<AddressScope> from) {
        static Hop to(String url) throws IOException {
            return new Hop(HttpUrl.parse(url), Optional.empty());
        }
    }

    /** Lines between one request and the next. */
    interface Pool {
        /** Whether a server need not close its connections by itself. */
        boolean keeps();

        /** A line that may serve the request; the caller has it now. */
        Optional<HttpLine> take(Hop next) throws IOException;

        /** Takes over a line on which an answer was read to its end. */
        void put(HttpLine line) throws IOException;
    }
}
