package org.bittern.portmap.internal;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.bittern.spi.net.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Looks for gateways by SSDP and reads their descriptions. What answers may be anybody on the local
 * network: it may only send us to itself, and its answers are small or none. One thread.
 */
final class Ssdp implements Upnp.Discoverer {
    /** Where gateways listen (UPnP Device Architecture, 1.3). */
    static final InetSocketAddress GROUP =
            new InetSocketAddress(InetAddress.ofLiteral("239.255.255.250"), 1900);

    private static final String[] TARGETS = {
        "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
        "urn:schemas-upnp-org:device:InternetGatewayDevice:2"
    };
    private static final int MAX_ANSWER_BYTES = 4096;
    private static final int MAX_ANSWERS = 50;
    private static final int OK = 200;

    private final InetSocketAddress group;
    private final int waitMillis;
    private final Bound bound;

    /**
     * @param waitMillis for answers
     */
    Ssdp(InetSocketAddress group, int waitMillis, Bound bound) {
        this.group = group;
        this.waitMillis = waitMillis;
        this.bound = bound;
    }

    @Override
    public Upnp.IgdService find() throws IOException {
        IOException failure = new IOException("no UPnP gateway answers");
        // The interface of the address that it is bound to is the one that a group is asked on.
        try (DatagramSocket socket = new DatagramSocket(bound.sender())) {
            for (String target : TARGETS) {
                byte[] question = question(target);
                socket.send(new DatagramPacket(question, question.length, group));
            }
            Deadline deadline = Deadline.after(Duration.ofMillis(waitMillis));
            for (int i = 0; i < MAX_ANSWERS; i++) {
                DatagramPacket packet = next(socket, deadline);
                if (packet == null) {
                    break;
                }
                try {
                    return described(packet);
                } catch (IOException e) {
                    failure = e;
                }
            }
        }
        throw failure;
    }

    private static byte[] question(String target) {
        return String.join(
                        "\r\n",
                        "M-SEARCH * HTTP/1.1",
                        "HOST: 239.255.255.250:1900",
                        "MAN: \"ssdp:discover\"",
                        "MX: 2",
                        "ST: " + target,
                        "",
                        "")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static @Nullable DatagramPacket next(DatagramSocket socket, Deadline deadline)
            throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_ANSWER_BYTES], MAX_ANSWER_BYTES);
        try {
            socket.setSoTimeout(deadline.millisLeft());
            socket.receive(packet);
            return packet;
        } catch (SocketTimeoutException e) {
            return null;
        }
    }

    private Upnp.IgdService described(DatagramPacket answer) throws IOException {
        InetAddress ours = ourAddress(answer.getAddress());
        if (!bound.has(ours)) {
            throw new IOException("the gateway is not where we are bound to");
        }
        String text =
                new String(answer.getData(), 0, answer.getLength(), StandardCharsets.ISO_8859_1);
        URI location = checked(location(text), answer.getAddress());
        LanHttp.Answer description = LanHttp.ask(location, "GET", "", new byte[0]);
        if (description.status() != OK) {
            throw new IOException("the gateway hides its description");
        }
        Description read = Description.read(description.body());
        URI control = checked(location.resolve(read.controlPath()).toString(), answer.getAddress());
        return new Upnp.IgdService(read.type(), control, ours);
    }

    static String location(String answer) throws IOException {
        return answer.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("location:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow(() -> new IOException("a gateway without a description"));
    }

    /** A gateway speaks for itself only: else it could have us ask anybody anything. */
    static URI checked(String url, InetAddress sender) throws IOException {
        try {
            URI uri = new URI(url);
            boolean own =
                    "http".equalsIgnoreCase(uri.getScheme())
                            && uri.getHost() != null
                            && uri.getUserInfo() == null
                            && isSame(uri.getHost(), sender);
            if (!own) {
                throw new IOException("the gateway names another host");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new IOException("the gateway names no URL", e);
        }
    }

    private static boolean isSame(String host, InetAddress sender) {
        try {
            return InetAddress.ofLiteral(host).equals(sender);
        } catch (IllegalArgumentException e) {
            return false; // a name: who knows where it leads
        }
    }

    private static InetAddress ourAddress(InetAddress gateway) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(gateway, GROUP.getPort());
            return socket.getLocalAddress();
        }
    }
}
