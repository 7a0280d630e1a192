package org.bittern.net.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bittern.spi.net.ProxyServer;

/**
 * SOCKS 4, and 4a when the proxy looks the name up. One thread.
 *
 * <pre>
 * → 04 01 port2 address4 user 00 [name 00]      4a: the address is 0.0.0.1
 * ← 00 code1 port2 address4                     code 90: granted
 * </pre>
 */
final class Socks4Dialogue extends ProxyDialogue {
    private static final int REPLY_BYTES = 8;
    private static final int GRANTED = 90;
    private static final byte[] NAME_FOLLOWS = {0, 0, 0, 1};

    private final byte[] request;
    private boolean over;

    Socks4Dialogue(InetSocketAddress target, Optional<ProxyServer.Login> login) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(4);
        out.write(1);
        out.write(target.getPort() >> 8);
        out.write(target.getPort());
        InetAddress address = target.getAddress();
        if (address != null && !(address instanceof Inet4Address)) {
            throw new IOException("a SOCKS 4 proxy reaches no IPv6 address");
        }
        out.writeBytes(address == null ? NAME_FOLLOWS : address.getAddress());
        out.writeBytes(text(login.map(ProxyServer.Login::user).orElse("")));
        if (address == null) {
            out.writeBytes(text(target.getHostString()));
        }
        request = out.toByteArray();
    }

    private static byte[] text(String text) throws IOException {
        if (text.indexOf('\0') >= 0) {
            throw new IOException("a name with a zero character");
        }
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    @Override
    byte[] opening() {
        return request.clone();
    }

    @Override
    int wanted() {
        return over ? 0 : REPLY_BYTES;
    }

    @Override
    byte[] heard(ByteBuffer bytes) throws IOException {
        int version = bytes.get();
        int code = bytes.get() & 0xff;
        if (version != 0) {
            throw new IOException("the proxy does not speak SOCKS 4");
        }
        if (code != GRANTED) {
            throw new IOException("the proxy refused, code " + code);
        }
        over = true;
        return new byte[0];
    }
}
