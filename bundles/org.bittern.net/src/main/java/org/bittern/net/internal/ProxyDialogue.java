package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.bittern.spi.net.ProxyServer;

/**
 * What is said to a proxy until bytes flow to the target. Does no I/O, so that loops and blocking
 * threads share it. It never wants more bytes than the proxy sends before the target's first one.
 */
abstract class ProxyDialogue {
    /** What a SOCKS 5 proxy is asked for. */
    enum Command {
        CONNECT(1),
        ASSOCIATE(3);

        final int code;

        Command(int code) {
            this.code = code;
        }
    }

    /**
     * A dialogue that asks for a connection.
     *
     * @param target unresolved when the proxy is to look the name up
     * @throws IOException the proxy cannot be asked for this
     */
    static ProxyDialogue connect(ProxyServer proxy, InetSocketAddress target) throws IOException {
        return switch (proxy.kind()) {
            case SOCKS4 -> new Socks4Dialogue(target, proxy.login());
            case SOCKS5 -> new Socks5Dialogue(Command.CONNECT, target, proxy.login());
            case HTTP -> new HttpConnectDialogue(target, proxy.login());
        };
    }

    /** What we say first. */
    abstract byte[] opening();

    /** How many bytes to hear next, exactly; 0 when the dialogue is over: bytes flow. */
    abstract int wanted();

    /**
     * Hears {@link #wanted} bytes.
     *
     * @return what we answer, often nothing
     * @throws IOException the proxy refused or broke the rules: one line
     */
    abstract byte[] heard(ByteBuffer bytes) throws IOException;
}
