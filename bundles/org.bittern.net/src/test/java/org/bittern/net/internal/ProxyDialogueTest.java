package org.bittern.net.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bittern.spi.net.ProxyServer;
import org.bittern.spi.net.ProxyServer.Kind;
import org.bittern.spi.net.ProxyServer.Login;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said to proxies, byte for byte (RFC 1928, 1929, 9110; SOCKS 4 and 4a). */
@Timeout(30)
class ProxyDialogueTest {
    private static final InetSocketAddress V4 = new InetSocketAddress("1.2.3.4", 0x1ae1);
    private static final InetSocketAddress V6 = new InetSocketAddress("2001:db8::1", 0x1ae1);
    private static final InetSocketAddress NAME =
            InetSocketAddress.createUnresolved("a.example", 80);

    private static ProxyDialogue dialogue(Kind kind, InetSocketAddress to, Login... login)
            throws IOException {
        return ProxyDialogue.connect(
                new ProxyServer(
                        kind,
                        "proxy",
                        1080,
                        Optional.ofNullable(login.length == 0 ? null : login[0])),
                to);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** Gives it as many bytes as it wants, again and again, and returns all that it answers. */
    private static String heard(ProxyDialogue dialogue, String hex) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        StringBuilder said = new StringBuilder();
        while (in.hasRemaining()) {
            assertThat(dialogue.wanted()).isBetween(1, in.remaining());
            byte[] part = new byte[dialogue.wanted()];
            in.get(part);
            said.append(hex(dialogue.heard(ByteBuffer.wrap(part))));
        }
        return said.toString();
    }

    @Test
    void socks4NamesAddressOrName() throws Exception {
        ProxyDialogue dialogue = dialogue(Kind.SOCKS4, V4, new Login("me", "x"));
        assertThat(hex(dialogue.opening())).isEqualTo("04011ae1010203046d6500");
        assertThat(heard(dialogue, "005a000000000000")).isEmpty();
        assertThat(dialogue.wanted()).isZero();
        assertThat(hex(dialogue(Kind.SOCKS4, NAME).opening()))
                .isEqualTo("040100500000000100" + hex("a.example\0".getBytes(US_ASCII)));
        assertThatThrownBy(() -> dialogue(Kind.SOCKS4, V6)).hasMessageContaining("IPv6");
        assertThatThrownBy(() -> heard(dialogue(Kind.SOCKS4, V4), "005b000000000000"))
                .hasMessageContaining("code 91");
    }

    @Test
    void socks5WithoutLogin() throws Exception {
        ProxyDialogue dialogue = dialogue(Kind.SOCKS5, V4);
        assertThat(hex(dialogue.opening())).isEqualTo("050100");
        assertThat(heard(dialogue, "0500")).isEqualTo("05010001010203041ae1");
        assertThat(heard(dialogue, "05000001" + "0a000001" + "0401")).isEmpty();
        assertThat(dialogue.wanted()).isZero();
        ProxyDialogue six = dialogue(Kind.SOCKS5, V6);
        assertThat(heard(six, "0500")).isEqualTo("0501000420010db80000000000000000000000011ae1");
        heard(six, "05000004" + "00".repeat(18));
        assertThat(six.wanted()).isZero();
    }

    @Test
    void socks5WithPasswordAndName() throws Exception {
        ProxyDialogue dialogue = dialogue(Kind.SOCKS5, NAME, new Login("me", "pw"));
        assertThat(hex(dialogue.opening())).isEqualTo("05020002");
        assertThat(heard(dialogue, "0502")).isEqualTo("01026d65027077");
        assertThat(heard(dialogue, "0100"))
                .isEqualTo("0501000309" + hex("a.example".getBytes(US_ASCII)) + "0050");
        heard(dialogue, "05000003" + "03616263" + "0050");
        assertThat(dialogue.wanted()).isZero();
    }

    @Test
    void socks5SaysWhyItFailed() {
        assertThatThrownBy(() -> heard(dialogue(Kind.SOCKS5, V4), "05ff"))
                .hasMessageContaining("wants a user name");
        assertThatThrownBy(() -> heard(dialogue(Kind.SOCKS5, V4, new Login("a", "b")), "05020101"))
                .hasMessageContaining("password");
        assertThatThrownBy(() -> heard(dialogue(Kind.SOCKS5, V4), "0500" + "05050001"))
                .hasMessageContaining("connection refused");
        assertThatThrownBy(() -> heard(dialogue(Kind.SOCKS5, V4), "0500" + "05000009"))
                .hasMessageContaining("type 9");
        assertThatThrownBy(() -> heard(dialogue(Kind.SOCKS5, V4), "4854"))
                .hasMessageContaining("does not speak SOCKS 5");
    }

    @Test
    void httpConnectsAndReadsNoByteOfTheTarget() throws Exception {
        ProxyDialogue dialogue = dialogue(Kind.HTTP, V6, new Login("me", "p:w"));
        assertThat(new String(dialogue.opening(), US_ASCII))
                .isEqualTo(
                        String.join(
                                "\r\n",
                                "CONNECT [2001:db8:0:0:0:0:0:1]:6881 HTTP/1.1",
                                "Host: [2001:db8:0:0:0:0:0:1]:6881",
                                "Proxy-Authorization: Basic bWU6cDp3",
                                "",
                                ""));
        heard(dialogue, hex("HTTP/1.1 200 OK\r\nVia: x\r\n\r\n".getBytes(US_ASCII)));
        assertThat(dialogue.wanted()).isZero();
    }

    @Test
    void httpSaysWhyItFailed() {
        assertThatThrownBy(() ->
                        heard(
                                dialogue(Kind.HTTP, NAME),
                                hex("HTTP/1.1 407 No\r\n\r\n".getBytes(US_ASCII))))
                .hasMessageContaining("password");
        assertThatThrownBy(() ->
                        heard(
                                dialogue(Kind.HTTP, NAME),
                                hex("HTTP/1.0 503 No\n\n".getBytes(US_ASCII))))
                .hasMessageContaining("503");
        assertThatThrownBy(() ->
                        heard(dialogue(Kind.HTTP, NAME), hex("x".repeat(9000).getBytes(US_ASCII))))
                .hasMessageContaining("no end");
        InetSocketAddress evil = InetSocketAddress.createUnresolved("a\r\nX: y", 80);
        assertThatThrownBy(() -> dialogue(Kind.HTTP, evil)).hasMessageContaining("control");
    }

    @Test
    void noiseEndsInAnErrorOrAnAnswer() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Kind> kinds = List.of(Kind.values());
        for (int i = 0; i < 3000; i++) {
            Kind kind = kinds.get(random.nextInt(kinds.size()));
            try {
                ProxyDialogue dialogue = dialogue(kind, V4, new Login("a", "b"));
                for (int j = 0; j < 10_000 && dialogue.wanted() > 0; j++) {
                    byte[] noise = new byte[dialogue.wanted()];
                    random.nextBytes(noise);
                    noise[0] = random.nextBoolean() ? 5 : noise[0];
                    dialogue.heard(ByteBuffer.wrap(noise));
                }
                assertThat(dialogue.wanted()).as("seed %d", seed).isZero();
            } catch (IOException e) {
                assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
            }
        }
    }

    @Test
    void theLoginIsNowhereInWords() {
        ProxyServer proxy =
                new ProxyServer(Kind.SOCKS5, "h", 1, Optional.of(new Login("me", "secret")));
        assertThat(proxy.toString()).doesNotContain("secret").doesNotContain("me");
        assertThat(new Login("me", "secret").toString()).doesNotContain("secret");
    }
}
