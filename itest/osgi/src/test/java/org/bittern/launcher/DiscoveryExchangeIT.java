package org.bittern.launcher;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bittern.demo.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What finds peers and what keeps others away is exchanged in every way while it has something to
 * do: the next one does it.
 *
 * <p>System property: {@code bittern.swap.moments}, how often each (1).
 */
@Timeout(1_800)
final class DiscoveryExchangeIT {
    private static final int MOMENTS = Integer.getInteger("bittern.swap.moments", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Between two looks; what a look lets happen is seen by the next one. */
    private static final Duration POLL = Duration.ofMillis(300);

    private static final int MILLIS = 30_000;

    /** A datagram may be lost: another one is sent then. */
    private static final int REPLY_MILLIS = 500;

    private static final int MOST_REPLY_BYTES = 1500;

    private static final InetAddress GOOD = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress BAD = InetAddress.ofLiteral("127.0.0.3");

    /** More than the web seed is let send. */
    private static final int PIECES = 1024 + MOMENTS * 768;

    private static final String SETTINGS =
            """
            {
              "bind-address-ipv4": "127.0.0.1", "bind-address-ipv6": "", "peer-port": 0,
              "rpc-port": 0, "port-forwarding-enabled": false, "dht-enabled": true,
              "lpd-enabled": true, "blocklist-enabled": true
            }
            """;

    @TempDir private Path work = Path.of(".");

    /** Looks at what was done before an exchange; the outcome says whether more was done. */
    private interface Task {
        Callable<Boolean> more() throws Exception;
    }

    @Test
    void theNextOneSearchesAndFetches() throws Exception {
        Path source = work.resolve("source");
        try (LoopbackServer server = new LoopbackServer(source.resolve("content"));
                RunningRuntime daemon = RunningRuntime.daemon(work, data(), 0)) {
            DaemonClient client = DaemonClient.of(work.resolve("data"));
            OwnTorrent torrent =
                    OwnTorrent.in(
                            source,
                            "content",
                            PIECES,
                            new Random(1),
                            "8:announce" + OwnTorrent.string(server.tracker()),
                            "8:url-list" + OwnTorrent.string(server.file()));
            try (LocalSearches searches = new LocalSearches(torrent.id())) {
                client.add(torrent, work.resolve("got"));
                Map<String, Task> tasks = new LinkedHashMap<>();
                tasks.put("org.bittern.webseed", () -> fetched(client, torrent, server));
                tasks.put("org.bittern.tracker", () -> announced(server));
                tasks.put("org.bittern.lsd", () -> searched(searches));
                tasks.put("org.bittern.dht", () -> () -> isAnswered(port(client)));
                await().atMost(PATIENCE)
                        .until(() -> server.announces() > 0 && !searches.cookies().isEmpty());
                for (int moment = 0; moment < MOMENTS; moment++) {
                    for (Map.Entry<String, Task> task : tasks.entrySet()) {
                        exchange(daemon, task.getKey(), task.getValue());
                    }
                }
            }
        }
    }

    private static void exchange(RunningRuntime daemon, String name, Task task) throws Exception {
        for (Exchange way : Exchange.values()) {
            Callable<Boolean> more = task.more();
            way.exchange(daemon.bundle(name), daemon.context());
            await(name + ", " + way.words()).atMost(PATIENCE).pollInterval(POLL).until(more);
        }
    }

    private static Callable<Boolean> fetched(
            DaemonClient client, OwnTorrent torrent, LoopbackServer server) throws IOException {
        long bytes = present(client, torrent);
        int parts = server.parts();
        return () -> {
            server.allow();
            return server.parts() > parts && present(client, torrent) > bytes;
        };
    }

    private static long present(DaemonClient client, OwnTorrent torrent) throws IOException {
        JsonNode now = client.torrent(torrent.id(), "haveValid", "haveUnchecked");
        return now.path("haveValid").asLong() + now.path("haveUnchecked").asLong();
    }

    private static Callable<Boolean> announced(LoopbackServer server) {
        int announces = server.announces();
        return () -> server.announces() > announces;
    }

    private static Callable<Boolean> searched(LocalSearches searches) {
        Set<String> before = searches.cookies();
        return () -> !before.containsAll(searches.cookies());
    }

    /** Whether a node of the DHT answers a ping (BEP 5). */
    private static boolean isAnswered(int port) throws IOException {
        byte[] ping =
                "d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q4:ping1:t2:xx1:y1:qe".getBytes(ISO_8859_1);
        InetSocketAddress node = new InetSocketAddress(GOOD, port);
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(GOOD, 0))) {
            socket.setSoTimeout(REPLY_MILLIS);
            socket.send(new DatagramPacket(ping, ping.length, node));
            DatagramPacket reply = new DatagramPacket(new byte[MOST_REPLY_BYTES], MOST_REPLY_BYTES);
            socket.receive(reply);
            String text = new String(reply.getData(), 0, reply.getLength(), ISO_8859_1);
            return text.contains("1:t2:xx") && text.contains("1:y1:r");
        } catch (SocketTimeoutException _) {
            return false;
        }
    }

    @Test
    void nobodySlipsInWhileTheBlockListIsExchanged() throws Exception {
        try (RunningRuntime daemon = RunningRuntime.daemon(work, data(), 0)) {
            DaemonClient client = DaemonClient.of(work.resolve("data"));
            OwnTorrent torrent = OwnTorrent.in(work.resolve("source"), "content", 1, new Random(1));
            client.add(torrent, work.resolve("got"));
            int port = port(client);
            await().atMost(PATIENCE).until(() -> isLetIn(GOOD, torrent, port));
            assertThat(isLetIn(BAD, torrent, port)).isFalse();
            for (int moment = 0; moment < MOMENTS; moment++) {
                for (Exchange way : Exchange.values()) {
                    assertThat(letInDuring(way, daemon, client, torrent)).as(way.words()).isZero();
                    assertThat(isLetIn(BAD, torrent, port)).as("by the next one").isFalse();
                    assertThat(isLetIn(GOOD, torrent, port)).isTrue();
                }
            }
        }
    }

    /** How many links of the blocked address came about until the next list is in force. */
    private static int letInDuring(
            Exchange way, RunningRuntime daemon, DaemonClient client, OwnTorrent torrent)
            throws Exception {
        int port = port(client);
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService stranger = Executors.newSingleThreadExecutor()) {
            Future<Integer> links =
                    stranger.submit(() -> {
                        int letIn = 0;
                        while (!over.get()) {
                            letIn += isLetIn(BAD, torrent, port) ? 1 : 0;
                        }
                        return letIn;
                    });
            try {
                way.exchange(daemon.bundle("org.bittern.blocklist"), daemon.context());
                await().atMost(PATIENCE).until(() -> rules(client) == 1);
            } finally {
                over.set(true);
            }
            return links.get(MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static int rules(DaemonClient client) throws IOException {
        return client.call("session-get", Map.of("fields", List.of("blocklist-size")))
                .path("blocklist-size")
                .asInt();
    }

    private static int port(DaemonClient client) throws IOException {
        return client.call("session-get", Map.of("fields", List.of("peer-port")))
                .path("peer-port")
                .asInt();
    }

    /** Whether who says hello from this address is answered, and not hung up on. */
    private static boolean isLetIn(InetAddress from, OwnTorrent torrent, int port)
            throws IOException {
        ByteArrayOutputStream hello = new ByteArrayOutputStream();
        hello.write("\u0013BitTorrent protocol".getBytes(ISO_8859_1));
        hello.write(new byte[8]);
        hello.write(HexFormat.of().parseHex(torrent.id()));
        hello.write("-XX0000-".getBytes(ISO_8859_1));
        byte[] rest = new byte[12];
        new Random().nextBytes(rest);
        hello.write(rest);
        try (Socket link = new Socket()) {
            link.bind(new InetSocketAddress(from, 0));
            link.setSoTimeout(MILLIS);
            link.connect(new InetSocketAddress(GOOD, port), MILLIS);
            link.getOutputStream().write(hello.toByteArray());
            return link.getInputStream().read() >= 0;
        } catch (SocketException e) {
            return false; // reset: hung up on before it had said hello
        }
    }

    /** Settings and a list that blocks one address. */
    private Path data() throws IOException {
        Path data = Files.createDirectories(work.resolve("data"));
        Files.writeString(data.resolve("settings.json"), SETTINGS);
        Path lists = Files.createDirectories(data.resolve("blocklists"));
        Files.writeString(
                lists.resolve("mine.p2p"), "somebody:%1$s-%1$s%n".formatted(BAD.getHostAddress()));
        return data;
    }
}
