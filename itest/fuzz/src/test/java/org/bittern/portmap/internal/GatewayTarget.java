package org.bittern.portmap.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.bittern.fuzz.Parts;
import org.bittern.portmap.internal.MapMethod.Kind;

/** What gateways say: NAT-PMP, PCP, and the HTTP and XML of UPnP. */
public final class GatewayTarget {
    private static final InetAddress GATEWAY = InetAddress.ofLiteral("192.0.2.1");
    private static final int PORT = 6_881;

    private GatewayTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        Parts parts = new Parts(input);
        int choice = parts.number();
        try {
            read(choice, parts.rest());
        } catch (IOException _) {
            // refused, as it should be
        }
    }

    private static void read(int choice, byte[] answer) throws IOException {
        switch (choice % 6) {
            case 0 -> Description.read(answer);
            case 1 -> Description.read(LanHttp.read(new ByteArrayInputStream(answer)).body());
            case 2 ->
                    Ssdp.checked(
                            Ssdp.location(new String(answer, StandardCharsets.ISO_8859_1)),
                            GATEWAY);
            case 3 -> NatPmp.readAddress(ByteBuffer.wrap(answer));
            case 4 -> NatPmp.read(ByteBuffer.wrap(answer), Kind.TCP, PORT);
            default ->
                    new Pcp(
                                    new GatewayExchange(
                                            new InetSocketAddress(GATEWAY, GatewayExchange.PORT),
                                            1,
                                            Bound.ANY),
                                    new Zeros())
                            .read(ByteBuffer.wrap(answer), Kind.TCP, PORT);
        }
    }

    /** Makes a nonce that an input can have. */
    private static final class Zeros extends Random {
        private static final long serialVersionUID = 1;

        @Override
        public void nextBytes(byte[] bytes) {
            // zeros
        }
    }
}
