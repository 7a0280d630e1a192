package org.bittern.tracker.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLSocketFactory;
import org.bittern.spi.discovery.SearchSpec;
import org.junit.jupiter.api.AfterEach;

/** A client for HTTP trackers and a server that misbehaves as the test wants. */
abstract class HttpFixture {
    /** More than the slowest machine needs. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    static final String ANSWER =
            "d8:completei5e10:incompletei6e8:intervali900e12:min intervali60e"
                    + "5:peers6:\u0001\u0002\u0003\u0004\u001a\u00e1e";

    final PlainEgress egress = new PlainEgress();
    final HandLoop loop = new HandLoop();
    final HttpScript server = new HttpScript();
    final Workers workers = new Workers();
    final Map<String, List<InetAddress>> names = new HashMap<>();
    final List<InetAddress> blocked = new ArrayList<>();
    boolean bothFamilies;
    final HttpTracker tracker = client((SSLSocketFactory) SSLSocketFactory.getDefault(), PATIENCE);

    @AfterEach
    void closeAll() {
        server.close();
        workers.close();
    }

    HttpTracker client(SSLSocketFactory tls) {
        return client(tls, PATIENCE);
    }

    HttpTracker client(SSLSocketFactory tls, Duration patience) {
        Routes routes = new Routes(blocked::contains, _ -> !bothFamilies);
        HttpConnection connection =
                new HttpConnection(egress, () -> tls, "Bittern/0.1.0", patience);
        return new HttpTracker(
                workers,
                new ProxiedResolver(this::resolve, egress),
                new HttpFetcher(this::resolve, routes, connection, egress),
                new HttpTracker.Timeouts(patience, patience, patience));
    }

    private CompletableFuture<List<InetAddress>> resolve(String host) {
        try {
            return CompletableFuture.completedFuture(List.of(InetAddress.ofLiteral(host)));
        } catch (IllegalArgumentException _) {
            List<InetAddress> found = names.get(host);
            return found == null
                    ? CompletableFuture.failedFuture(new UnknownHostException(host))
                    : CompletableFuture.completedFuture(found);
        }
    }

    /** What came of an announce. */
    static final class Told implements Announcer.Hearing {
        final List<Outcome> outcomes = new ArrayList<>();
        final List<InetSocketAddress> more = new ArrayList<>();
        boolean trusted;

        @Override
        public void over(Outcome outcome, boolean isTrusted) {
            outcomes.add(outcome);
            trusted = isTrusted;
        }

        @Override
        public void morePeers(List<InetSocketAddress> peers, boolean isTrusted) {
            more.addAll(peers);
        }
    }

    Told announce(String url) {
        return announce(tracker, url, Specs.of(loop, List.of()), AnnounceEvent.STARTED);
    }

    Told announce(HttpTracker by, String url, SearchSpec spec, AnnounceEvent event) {
        Told told = new Told();
        try {
            by.announce(TrackerUrl.parse(url), Specs.request(spec, event), told);
        } catch (TrackerException e) {
            throw new AssertionError(e);
        }
        loop.until(() -> !told.outcomes.isEmpty());
        return told;
    }

    Outcome.Answer answered(String url) {
        Outcome outcome = announce(url).outcomes.getFirst();
        if (outcome instanceof Outcome.Answer answer) {
            return answer;
        }
        throw new AssertionError(outcome.toString());
    }

    String refused(String url) {
        Outcome outcome = announce(url).outcomes.getFirst();
        if (outcome instanceof Outcome.Failure failure) {
            return failure.message();
        }
        throw new AssertionError(outcome.toString());
    }

    /** The body as gzip. */
    static byte[] zipped(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(plain);
        }
        return bytes.toByteArray();
    }
}
