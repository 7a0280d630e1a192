package org.bittern.net.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.bittern.fuzz.Parts;
import org.bittern.spi.net.ProxyServer;

/** What proxies say: SOCKS 4 and 5, HTTP CONNECT, and the header of relayed datagrams. */
public final class ProxyTarget {
    /** No dialogue is longer, in steps or bytes of ours. */
    private static final int LONGEST = 1 << 16;

    private ProxyTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Parts parts = new Parts(input);
        int choice = parts.number();
        byte[] said = parts.rest();
        ProxyServer.Kind[] kinds = ProxyServer.Kind.values();
        Optional<ProxyServer.Login> login =
                (choice & 8) == 0
                        ? Optional.of(new ProxyServer.Login("user", "secret"))
                        : Optional.empty();
        InetSocketAddress target =
                (choice & 16) == 0
                        ? InetSocketAddress.createUnresolved("example.org", 6_881)
                        : new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 6_881);
        RelayHeader.read(ByteBuffer.wrap(said));
        try {
            talk(
                    (choice & 7) == 7
                            ? new Socks5Dialogue(ProxyDialogue.Command.ASSOCIATE, target, login)
                            : ProxyDialogue.connect(
                                    new ProxyServer(
                                            kinds[(choice & 7) % kinds.length],
                                            "127.0.0.1",
                                            1_080,
                                            login),
                                    target),
                    said);
        } catch (IOException _) {
            // the proxy was shown the door, as it should be
        }
    }

    private static void talk(ProxyDialogue dialogue, byte[] said) throws IOException {
        int saidBytes = dialogue.opening().length;
        int at = 0;
        for (int step = 0; dialogue.wanted() != 0; step++) {
            if (dialogue.wanted() < 0 || step > LONGEST || saidBytes > LONGEST) {
                throw new AssertionError("wants %d at step %d".formatted(dialogue.wanted(), step));
            }
            int end = at + dialogue.wanted();
            if (end > said.length) {
                return;
            }
            saidBytes += dialogue.heard(ByteBuffer.wrap(Arrays.copyOfRange(said, at, end))).length;
            at = end;
        }
    }
}
