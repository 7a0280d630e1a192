package org.bittern.engine.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;

/** Finds out where a peer is that somebody named. On a thread of its own: it may wait for long. */
final class PeerNames {
    private PeerNames() {}

    /**
     * Looks a name up; a literal address is only read.
     *
     * @param mayAsk whether questions for names may leave this machine
     * @return resolved
     * @throws EngineException it may not ask, or nobody is named so
     */
    static InetSocketAddress find(InetSocketAddress named, boolean mayAsk) {
        if (!mayAsk && !isLiteral(named.getHostString())) {
            throw new EngineException(
                    Code.UNSUPPORTED,
                    "behind a proxy and on a closed network names are not looked up");
        }
        InetSocketAddress found = new InetSocketAddress(named.getHostString(), named.getPort());
        if (found.isUnresolved()) {
            throw new EngineException(
                    Code.INVALID_ARGUMENT, "no host is named " + named.getHostString());
        }
        return found;
    }

    private static boolean isLiteral(String host) {
        try {
            InetAddress.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
