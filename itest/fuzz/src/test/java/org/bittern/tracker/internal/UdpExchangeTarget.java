package org.bittern.tracker.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.bittern.fuzz.Parts;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.discovery.SearchSpec;
import org.bittern.spi.net.Egress;
import org.bittern.spi.net.ProxyServer;
import org.bittern.spi.net.Route;
import org.bittern.testkit.VirtualLoop;
import org.bittern.testkit.VirtualTime;

/**
 * Announces and scrapes at UDP trackers (BEP 15) that answer anything, over both address families
 * and proxies that come and go. Each question has one outcome, answers make us send no more than
 * there are of them, and in the end no socket is open.
 */
public final class UdpExchangeTarget {
    private static final long SOON_NANOS = 1_000_000;
    private static final int RETRIES = 2;
    private static final int FAMILIES = 2;
    private static final int CONNECTION_BYTES = 8; // of a question, before its action
    private static final int PORT = 80;
    private static final InetAddress V4 = InetAddress.ofLiteral("203.0.113.1");
    private static final InetAddress V6 = InetAddress.ofLiteral("2001:db8::1");
    private static final InetAddress STRANGER = InetAddress.ofLiteral("198.51.100.1");
    private static final List<String> URLS =
            List.of(
                    "udp://203.0.113.1:80/announce?key=1",
                    "udp://[2001:db8::1]:80",
                    "udp://both:80/announce",
                    "udp://nobody:80/announce",
                    "udp://127.0.0.1:80");

    private static final List<Route> ROUTES =
            List.of(
                    Route.DIRECT,
                    Route.CLOSED,
                    through(ProxyServer.Kind.SOCKS5),
                    through(ProxyServer.Kind.HTTP));

    private final VirtualTime time = new VirtualTime();
    private final VirtualLoop loop = VirtualLoop.only(time);
    private final Air air = new Air();
    private final List<Question> questions = new ArrayList<>();
    private final UdpTracker tracker =
            new UdpTracker(
                    new UdpTracker.Ground(this::start, this::resolve, air),
                    new Routes(_ -> false),
                    new Random(1),
                    new UdpExchange.Schedule(Duration.ofSeconds(15).toNanos(), RETRIES));
    private int fed;

    private UdpExchangeTarget() {}

    private static Route through(ProxyServer.Kind kind) {
        ProxyServer proxy = new ProxyServer(kind, "192.0.2.1", 1080, Optional.empty());
        return new Route(true, Optional.of(proxy), true, List.of());
    }

    public static void fuzzerTestOneInput(byte[] input) throws TrackerException {
        Parts parts = new Parts(input);
        UdpExchangeTarget target = new UdpExchangeTarget();
        while (parts.more()) {
            target.happen(parts);
        }
        target.end();
    }

    /**
     * Threads that send or open sockets have their turn soon; those that read have it each time.
     */
    private void start(String name, Runnable task) {
        if (name.equals("tracker-udp")) {
            air.readers.add(task);
            time.after(SOON_NANOS, () -> read(task));
        } else {
            time.after(SOON_NANOS, task);
        }
    }

    private CompletableFuture<List<InetAddress>> resolve(String host) {
        return switch (host) {
            case "both" -> CompletableFuture.completedFuture(List.of(V4, V6));
            case "nobody" -> CompletableFuture.failedFuture(new UnknownHostException(host));
            default -> CompletableFuture.completedFuture(List.of(InetAddress.ofLiteral(host)));
        };
    }

    private void happen(Parts parts) throws TrackerException {
        switch (parts.number() % 12) {
            case 0 -> announce(parts);
            case 1 -> scrape(parts);
            case 2 -> time.run(Duration.ofMillis(parts.number() * 400L));
            case 3 -> receive(parts.part(), parts.number());
            case 4 -> air.route = ROUTES.get(parts.number() % ROUTES.size());
            case 5 -> air.broken = parts.number() % 4;
            default -> answer(parts);
        }
        time.run(Duration.ofMillis(2));
    }

    // ---- questions

    private void announce(Parts parts) throws TrackerException {
        TrackerUrl url = url(parts);
        Patience[] patiences = Patience.values();
        SearchSpec.Tally tally = new SearchSpec.Tally(0, 0, Optional.of(1L), 0, 50, false, 6_881);
        SearchSpec spec =
                new SearchSpec(
                        InfoHash.ofV1(new byte[20]),
                        new byte[20],
                        0,
                        false,
                        List.of(),
                        6_881,
                        List.of(),
                        loop,
                        () -> tally);
        Question question = new Question();
        tracker.announce(
                url,
                new AnnounceRequest(
                        spec,
                        new byte[20],
                        AnnounceEvent.STARTED,
                        tally,
                        Optional.empty(),
                        patiences[parts.number() % patiences.length]),
                question);
    }

    private void scrape(Parts parts) throws TrackerException {
        Question question = new Question();
        tracker.scrape(
                new Announcer.ScrapeRequest(url(parts), new Binding(List.of()), new byte[20], loop),
                _ -> question.end());
    }

    private static TrackerUrl url(Parts parts) throws TrackerException {
        return TrackerUrl.parse(URLS.get(parts.number() % URLS.size()));
    }

    /** Something that was asked. */
    private final class Question implements Announcer.Hearing {
        private boolean over;
        private boolean more;

        Question() {
            questions.add(this);
        }

        void end() {
            if (over) {
                throw new AssertionError("a second outcome");
            }
            over = true;
        }

        @Override
        public void over(Outcome outcome, boolean trusted) {
            end();
            if (outcome instanceof Outcome.Failure failure
                    && (failure.message().isEmpty() || failure.message().contains("\n"))) {
                throw new AssertionError("the reason is '%s'".formatted(failure.message()));
            }
        }

        @Override
        public void morePeers(List<InetSocketAddress> peers, boolean trusted) {
            if (!over || more) {
                throw new AssertionError("peers of an announce that is not over, or once more");
            }
            more = true;
        }
    }

    // ---- answers

    /** An answer to one of the last questions, whole or not, of the right kind or not. */
    private void answer(Parts parts) {
        int action = parts.number();
        int how = parts.number();
        byte[] rest = parts.part();
        if (!air.asked.isEmpty()) {
            ByteBuffer question = ByteBuffer.wrap(asked(how).datagram);
            int apart = how >> 4 == 7 ? 1 : 0;
            ByteBuffer answer = ByteBuffer.allocate(2 * Integer.BYTES + rest.length);
            answer.putInt(action % 8 < 5 ? question.getInt(CONNECTION_BYTES) : action % 4)
                    .putInt(question.getInt(CONNECTION_BYTES + Integer.BYTES) + apart)
                    .put(rest);
            receive(answer.array(), how);
        }
    }

    private Asked asked(int how) {
        int last = air.asked.size() - 1;
        return air.asked.get(Math.max(0, last - how % 4));
    }

    /** Comes where the question went out, from whom it was asked or from somebody else. */
    private void receive(byte[] datagram, int how) {
        if (air.asked.isEmpty()) {
            return;
        }
        Asked asked = asked(how);
        InetSocketAddress from =
                switch ((how >> 2) % 4) {
                    case 1 -> new InetSocketAddress(STRANGER, PORT);
                    case 2 -> new InetSocketAddress(V4, PORT + 1);
                    default -> asked.to.isUnresolved() ? new InetSocketAddress(V4, PORT) : asked.to;
                };
        fed++;
        asked.way.waiting.add(new Egress.Received(datagram, from));
        List.copyOf(air.readers).forEach(this::read);
    }

    private void read(Runnable reader) {
        air.reading = true;
        reader.run();
        air.reading = false;
    }

    private void end() {
        air.broken = 0;
        time.run(Duration.ofMinutes(15));
        if (questions.stream().anyMatch(question -> !question.over)) {
            throw new AssertionError("a question has no outcome");
        }
        int most = fed + questions.size() * FAMILIES * (1 + RETRIES);
        if (air.sent > most) {
            throw new AssertionError("%d datagrams, %d would do".formatted(air.sent, most));
        }
        if (air.ways.stream().anyMatch(way -> !way.closed)) {
            throw new AssertionError("a socket is open that nobody needs");
        }
        tracker.close();
        time.run(Duration.ofSeconds(1));
    }

    /** What was sent. */
    private record Asked(Way way, byte[] datagram, InetSocketAddress to) {}

    /** Every way out. */
    private static final class Air implements Egress {
        private final List<Way> ways = new ArrayList<>();
        private final List<Runnable> readers = new ArrayList<>();
        private Route route = Route.DIRECT;
        private int broken; // 1: no socket can be opened, 2: IPv6 leads nowhere, 3: nothing goes
        private int sent;
        private boolean reading; // what waits, and nothing else
        private final List<Asked> asked = new ArrayList<>();

        @Override
        public void use(Route next) {
            route = next;
        }

        @Override
        public Route route() {
            return route;
        }

        @Override
        public Socket connect(InetSocketAddress to, Optional<InetAddress> from, Duration timeout)
                throws IOException {
            throw new IOException("UDP trackers need no TCP");
        }

        @Override
        public DatagramWay datagrams(InetAddress local) throws IOException {
            if (broken == 1 || !route.open()) {
                throw new IOException("no socket");
            }
            Way way = new Way(this);
            ways.add(way);
            return way;
        }
    }

    /** A socket that is read from only when something has come. */
    private static final class Way implements Egress.DatagramWay {
        private final Air air;
        private final Queue<Egress.Received> waiting = new ArrayDeque<>();
        private boolean closed;

        Way(Air air) {
            this.air = air;
        }

        @Override
        public void send(byte[] datagram, InetSocketAddress to) throws IOException {
            boolean far = to.isUnresolved() || to.getAddress().equals(V6);
            if (closed || air.broken == 3 || (air.broken == 2 && far)) {
                throw new IOException("no way there");
            }
            air.sent++;
            air.asked.add(new Asked(this, datagram, to));
        }

        @Override
        public Egress.Received receive() {
            return waiting.remove();
        }

        @Override
        public boolean isClosed() {
            return closed || (air.reading && waiting.isEmpty());
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
