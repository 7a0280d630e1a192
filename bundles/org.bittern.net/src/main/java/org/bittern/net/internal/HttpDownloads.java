package org.bittern.net.internal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;
import org.bittern.api.engine.UrlReader;
import org.bittern.net.internal.HttpLine.Hop;
import org.bittern.spi.net.AddressScope;
import org.bittern.spi.net.Deadline;
import org.bittern.spi.net.Downloads;
import org.bittern.spi.net.FileParts;
import org.bittern.spi.net.HttpUrl;
import org.bittern.spi.net.Route;
import org.bittern.spi.net.TimedInput;
import org.bittern.spi.net.TlsHandshake;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Downloads over HTTP/1.1, one connection a request but on a {@link FileParts.Visit}. The JDK's
 * client looks names up itself: the address that was judged would not surely be the one it talks
 * to, and it knows no SOCKS. Immutable.
 */
@Component
public final class HttpDownloads implements Downloads, FileParts, UrlReader {
    /** Redirects that are followed. */
    static final int MAX_REDIRECTS = 5;

    /** Addresses of a host that are tried. */
    private static final int MAX_ADDRESSES = 4;

    private static final Duration CONNECT_TIME = Duration.ofSeconds(20);
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]*");
    private static final int HTTP_OK = 200;

    private static final HttpLine.Pool NONE = new NoPool();

    private final RoutedEgress egress;
    private final Ticker ticker;

    @Activate
    public HttpDownloads(@Reference RoutedEgress egress) {
        this(egress, Ticker.SYSTEM);
    }

    HttpDownloads(RoutedEgress egress, Ticker ticker) {
        this.egress = egress;
        this.ticker = ticker;
    }

    @Override
    public long fetch(String url, long maxBytes, Duration within, OutputStream to)
            throws IOException {
        Deadline deadline = Deadline.after(within, ticker::nanoTime);
        Asking asking = new Asking("", "", false, maxBytes);
        try (Answer answer = ask(Hop.to(url), asking, deadline, NONE)) {
            return body(answer.body, to);
        }
    }

    @Override
    public byte[] read(String url, String cookies, int maxBytes, Duration within)
            throws IOException {
        if (!PRINTABLE.matcher(cookies).matches()) {
            throw new IOException("cookies of printable ASCII characters are needed");
        }
        Deadline deadline = Deadline.after(within, ticker::nanoTime);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Asking asking = new Asking("", cookies, false, maxBytes);
        try (Answer answer = ask(Hop.to(url), asking, deadline, NONE)) {
            body(answer.body, bytes);
        }
        return bytes.toByteArray();
    }

    @Override
    public InputStream part(String url, long offset, long length, Duration patience)
            throws IOException {
        HttpParts.Range range = new HttpParts.Range(offset, length);
        return part(Hop.to(url), range, patience, NONE);
    }

    @Override
    public Visit visit() {
        return new HttpVisit(this, ticker);
    }

    HttpParts.Part part(Hop hop, HttpParts.Range range, Duration patience, HttpLine.Pool pool)
            throws IOException {
        Asking asking = new Asking(range.field(), "", true, Long.MAX_VALUE);
        Answer answer = ask(hop, asking, Deadline.after(patience, ticker::nanoTime), pool);
        boolean good = false;
        try {
            HttpParts.check(answer.body, range);
            answer.in.patience(patience);
            good = true;
            return new HttpParts.Part(
                    answer.body, answer.buffered, range.length(), answer.line, pool);
        } finally {
            if (!good) {
                answer.close();
            }
        }
    }

    /**
     * How to ask.
     *
     * @param fields more header fields, each with its end of line
     * @param cookies for the host of the first URL and for no other
     * @param stranger the URL comes from a torrent, not from the user
     */
    private record Asking(String fields, String cookies, boolean stranger, long maxBytes) {
        /** What a host is told. */
        String fields(boolean first) {
            return first && !cookies.isEmpty() ? fields + "Cookie: " + cookies + "\r\n" : fields;
        }
    }

    /** Where each request has a connection of its own. */
    private static final class NoPool implements HttpLine.Pool {
        @Override
        public boolean keeps() {
            return false;
        }

        @Override
        public Optional<HttpLine> take(Hop next) {
            return Optional.empty();
        }

        @Override
        public void put(HttpLine line) throws IOException {
            line.socket().close();
        }
    }

    /** An answer whose head was read. */
    private record Answer(HttpLine line, TimedInput in, InputStream buffered, HttpBody body)
            implements AutoCloseable {
        @Override
        public void close() throws IOException {
            line.socket().close();
        }
    }

    private Answer ask(Hop first, Asking asking, Deadline deadline, HttpLine.Pool pool)
            throws IOException {
        Hop hop = first;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            boolean home = first.target().isSameServer(hop.target());
            byte[] request = request(hop.target(), asking.fields(home), !pool.keeps());
            Optional<Answer> again = askAgain(hop, request, asking, deadline, pool);
            Answer answer =
                    again.isPresent()
                            ? again.get()
                            : answer(line(hop, asking, deadline), request, asking, deadline);
            Optional<String> redirect = answer.body.redirect();
            if (redirect.isEmpty()) {
                return answer;
            }
            Optional<AddressScope> from = Optional.of(scope(answer.line.socket()));
            answer.close();
            hop = new Hop(hop.target().redirected(redirect.get()), from);
        }
        throw new IOException("more than " + MAX_REDIRECTS + " redirects");
    }

    /** Asks on a connection that was kept; a server may close it at any time. */
    private Optional<Answer> askAgain(
            Hop hop, byte[] request, Asking asking, Deadline deadline, HttpLine.Pool pool)
            throws IOException {
        Optional<HttpLine> kept = pool.take(hop);
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        try {
            HttpLine line = new HttpLine(hop, kept.get().route(), kept.get().socket());
            return Optional.of(answer(line, request, asking, deadline));
        } catch (SocketTimeoutException e) {
            throw e; // no time is left for another try
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Answer answer(HttpLine line, byte[] request, Asking asking, Deadline deadline)
            throws IOException {
        Socket socket = line.socket();
        boolean good = false;
        try {
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            TimedInput in = new TimedInput(socket, deadline);
            InputStream buffered = new BufferedInputStream(in);
            HttpBody body = HttpBody.begin(buffered, asking.maxBytes);
            good = true;
            return new Answer(line, in, buffered, body);
        } finally {
            if (!good) {
                socket.close();
            }
        }
    }

    private HttpLine line(Hop hop, Asking asking, Deadline deadline) throws IOException {
        Route route = egress.route(); // before it is used: a later one makes the line useless
        List<InetSocketAddress> addresses = allowed(hop.target(), hop.from(), asking);
        Socket socket = secured(hop.target(), connect(addresses, asking, deadline), deadline);
        return new HttpLine(hop, route, socket);
    }

    /** Whether a connection may serve a request of a torrent as one made for it would. */
    boolean mayServe(HttpLine line, Hop next) {
        Route route = egress.route();
        if (!line.hop().target().isSameServer(next.target())
                || !line.hop().from().equals(next.from())
                || !line.route().equals(route)) {
            return false;
        }
        boolean direct = route.proxy().isEmpty(); // else the address is that of the proxy
        InetAddress there = line.socket().getInetAddress();
        boolean elsewhere = direct && AddressScope.of(there) == AddressScope.PUBLIC;
        return !(direct && egress.blocked(there)) && (elsewhere || !next.target().hasQuery());
    }

    private static long body(HttpBody body, OutputStream to) throws IOException {
        if (body.status() != HTTP_OK) {
            throw new Refused(body.status());
        }
        return body.copyTo(to);
    }

    /** Where to connect to, judged. Behind a proxy a name stays a name: nothing is looked up. */
    private List<InetSocketAddress> allowed(
            HttpUrl target, Optional<AddressScope> from, Asking asking) throws IOException {
        egress.requireOpen(); // not even a name is looked up while nothing may go out
        String host = target.host();
        int port = target.port();
        Optional<InetAddress> literal = literal(host);
        if (literal.isEmpty() && egress.route().proxy().isPresent()) {
            if (from.isPresent() && isOwnName(host)) {
                throw new IOException("redirect from outside to this host");
            }
            return List.of(InetSocketAddress.createUnresolved(host, port));
        }
        List<InetSocketAddress> allowed = new ArrayList<>();
        String refusal = "the host has no address";
        for (InetAddress address : lookedUp(host, literal)) {
            AddressScope scope = AddressScope.of(address);
            if (scope == AddressScope.NONE) {
                refusal = "the host has no usable address";
            } else if (from.isPresent() && from.get().isOutside(scope)) {
                refusal = "redirect from outside into a local network";
            } else if (asking.stranger && scope != AddressScope.PUBLIC && target.hasQuery()) {
                refusal = "in local networks only a URL without a query is asked";
            } else if (allowed.size() < MAX_ADDRESSES) {
                allowed.add(new InetSocketAddress(address, port));
            }
        }
        if (allowed.isEmpty()) {
            throw new IOException(refusal);
        }
        return allowed;
    }

    private static boolean isOwnName(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.equals("localhost") || lower.endsWith(".localhost");
    }

    private static InetAddress[] lookedUp(String host, Optional<InetAddress> literal)
            throws IOException {
        if (literal.isPresent()) {
            return new InetAddress[] {literal.get()};
        }
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new IOException("the host name is not known", e);
        }
    }

    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Socket connect(List<InetSocketAddress> addresses, Asking asking, Deadline deadline)
            throws IOException {
        IOException failure = new IOException("the host has no address");
        for (InetSocketAddress address : addresses) {
            try {
                int millis = deadline.millisLeft();
                Duration time = Duration.ofMillis(Math.min(millis, CONNECT_TIME.toMillis()));
                return asking.stranger
                        ? egress.connect(address, Optional.empty(), time)
                        : egress.connectUnfiltered(address, Optional.empty(), time);
            } catch (IOException e) {
                failure = new IOException("no connection: " + Sockets.reason(e), e);
            }
        }
        throw failure;
    }

    /** Behind a proxy the target's own place is not known; the outermost is assumed. */
    private AddressScope scope(Socket connected) {
        return egress.route().proxy().isPresent()
                ? AddressScope.PUBLIC
                : AddressScope.of(connected.getInetAddress());
    }

    private Socket secured(HttpUrl target, Socket plain, Deadline deadline) throws IOException {
        boolean done = false;
        try {
            Socket socket = plain;
            if (target.secure()) {
                SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
                socket = TlsHandshake.lead(tls, plain, target.host(), target.port(), deadline);
            }
            done = true;
            return socket;
        } finally {
            if (!done) {
                plain.close();
            }
        }
    }

    private static byte[] request(HttpUrl target, String fields, boolean last) {
        return ("GET "
                        + target.target()
                        + " HTTP/1.1\r\nHost: "
                        + target.authority()
                        + "\r\nUser-Agent: Bittern\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
                        + fields
                        + (last ? "Connection: close\r\n\r\n" : "\r\n"))
                .getBytes(StandardCharsets.US_ASCII);
    }
}
