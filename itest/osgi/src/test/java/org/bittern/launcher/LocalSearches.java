package org.bittern.launcher;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who searches for a torrent by local discovery (BEP 14) on the loopback interface. */
final class LocalSearches implements AutoCloseable {
    private static final InetAddress GROUP = InetAddress.ofLiteral("239.192.152.143");
    private static final int PORT = 6771; // of the group
    private static final int MOST_BYTES = 2000;
    private static final Pattern COOKIE = Pattern.compile("cookie: (\\S+)");

    private final MulticastSocket socket = new MulticastSocket(null);
    private final Set<String> cookies = ConcurrentHashMap.newKeySet();
    private final String id;

    /**
     * Hears from now on.
     *
     * @param id info-hash in hex
     */
    LocalSearches(String id) throws IOException {
        this.id = "infohash: " + id;
        socket.setReuseAddress(true); // all programs of this machine share the port
        socket.bind(new InetSocketAddress(PORT));
        socket.joinGroup(
                new InetSocketAddress(GROUP, PORT),
                NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().name("local-searches").start(this::hear);
    }

    /** By what those that search tell themselves apart: each node has another. */
    Set<String> cookies() {
        return Set.copyOf(cookies);
    }

    private void hear() {
        DatagramPacket packet = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
        try {
            while (!socket.isClosed()) {
                packet.setLength(MOST_BYTES);
                socket.receive(packet);
                String text = new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
                Matcher cookie = COOKIE.matcher(text);
                if (text.toLowerCase(Locale.ROOT).contains(id) && cookie.find()) {
                    cookies.add(cookie.group(1));
                }
            }
        } catch (IOException _) {
            // closed
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
