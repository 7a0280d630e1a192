package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.bittern.spi.net.ProxyServer;

/**
 * SOCKS 5 (RFC 1928) with no or password authentication (RFC 1929). One thread.
 *
 * <pre>
 * → 05 count methods            ← 05 method
 * → 01 len user len password    ← 01 status           only for method 2
 * → 05 command 00 address       ← 05 code 00 address
 * </pre>
 */
final class Socks5Dialogue extends ProxyDialogue {
    private static final int VERSION = 5;
    private static final int NO_LOGIN = 0;
    private static final int PASSWORD = 2;
    private static final int MAX_LOGIN_BYTES = 255;
    private static final int HEAD_BYTES = 4;
    private static final byte[] NOTHING = {};

    private static final List<String> REASONS =
            List.of(
                    "granted",
                    "general failure",
                    "forbidden by its rules",
                    "network unreachable",
                    "host unreachable",
                    "connection refused",
                    "time to live expired",
                    "command not supported",
                    "address type not supported");

    private enum State {
        METHOD,
        LOGIN,
        HEAD,
        NAME_LENGTH,
        ADDRESS,
        OVER
    }

    private final Command command;
    private final InetSocketAddress target;
    private final Optional<ProxyServer.Login> login;
    private State state = State.METHOD;
    private int wanted = 2;
    private int addressType;
    private InetSocketAddress bound = new InetSocketAddress(0);

    Socks5Dialogue(Command command, InetSocketAddress target, Optional<ProxyServer.Login> login) {
        this.command = command;
        this.target = target;
        this.login = login;
    }

    @Override
    byte[] opening() {
        return login.isPresent()
                ? new byte[] {VERSION, 2, NO_LOGIN, PASSWORD}
                : new byte[] {VERSION, 1, NO_LOGIN};
    }

    @Override
    int wanted() {
        return state == State.OVER ? 0 : wanted;
    }

    /** The address in the proxy's last answer: where datagrams go. */
    InetSocketAddress bound() {
        return bound;
    }

    @Override
    byte[] heard(ByteBuffer bytes) throws IOException {
        switch (state) {
            case METHOD -> {
                return method(bytes.get(), bytes.get() & 0xff);
            }
            case LOGIN -> {
                bytes.get(); // proxies disagree about the version of this negotiation
                if (bytes.get() != 0) {
                    throw new IOException("the proxy refused the user name or the password");
                }
                return request();
            }
            case HEAD -> head(bytes);
            case NAME_LENGTH -> expect(State.ADDRESS, SocksAddress.nameLength(bytes.get()));
            case ADDRESS -> {
                bound = SocksAddress.read(addressType, bytes);
                expect(State.OVER, 0);
            }
            case OVER -> throw new IllegalStateException("the dialogue is over");
        }
        return NOTHING;
    }

    private byte[] method(int version, int method) throws IOException {
        if (version != VERSION) {
            throw new IOException("the proxy does not speak SOCKS 5");
        }
        if (method == NO_LOGIN) {
            return request();
        }
        if (method == PASSWORD && login.isPresent()) {
            expect(State.LOGIN, 2);
            return credentials(login.get());
        }
        throw new IOException(
                login.isPresent()
                        ? "the proxy takes neither no login nor a password"
                        : "the proxy wants a user name and a password");
    }

    private static byte[] credentials(ProxyServer.Login login) throws IOException {
        byte[] user = login.user().getBytes(StandardCharsets.UTF_8);
        byte[] password = login.password().getBytes(StandardCharsets.UTF_8);
        if (user.length > MAX_LOGIN_BYTES || password.length > MAX_LOGIN_BYTES) {
            throw new IOException("user name or password of more than 255 bytes");
        }
        return ByteBuffer.allocate(3 + user.length + password.length)
                .put((byte) 1)
                .put((byte) user.length)
                .put(user)
                .put((byte) password.length)
                .put(password)
                .array();
    }

    private byte[] request() throws IOException {
        expect(State.HEAD, HEAD_BYTES);
        ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES + SocksAddress.MAX_BYTES);
        out.put((byte) VERSION).put((byte) command.code).put((byte) 0);
        SocksAddress.write(target, out);
        byte[] request = new byte[out.flip().remaining()];
        out.get(request);
        return request;
    }

    private void head(ByteBuffer bytes) throws IOException {
        int version = bytes.get();
        int code = bytes.get() & 0xff;
        bytes.get();
        if (version != VERSION) {
            throw new IOException("the proxy does not speak SOCKS 5");
        }
        if (code != 0) {
            throw new IOException(
                    "the proxy refused: "
                            + (code < REASONS.size() ? REASONS.get(code) : "code " + code));
        }
        addressType = bytes.get() & 0xff;
        int length = SocksAddress.length(addressType);
        if (length == 0) {
            expect(State.NAME_LENGTH, 1);
        } else {
            expect(State.ADDRESS, length);
        }
    }

    private void expect(State next, int bytes) {
        state = next;
        wanted = bytes;
    }
}
