package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.Subscription;
import org.bittern.api.engine.TrackerSnapshot.Status;
import org.bittern.spi.discovery.PeerFinder;
import org.bittern.spi.discovery.Search;
import org.bittern.spi.filter.IpFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole bundle against a tracker of each kind. */
@Timeout(60)
class TrackerFinderTest {
    private final HandLoop loop = new HandLoop();
    private final Heard heard = new Heard();
    private final HttpScript http = new HttpScript();
    private final UdpScript udp = new UdpScript("127.0.0.1");
    private final TrackerFinder finder = new TrackerFinder(config(2), new PlainEgress());

    /** The defaults with one value changed. */
    private static TrackerConfig config(int udpRetries) {
        return (TrackerConfig)
                Proxy.newProxyInstance(
                        TrackerConfig.class.getClassLoader(),
                        new Class<?>[] {TrackerConfig.class},
                        (_, method, _) ->
                                method.getName().equals("udp_retries")
                                        ? udpRetries
                                        : method.getDefaultValue());
    }

    @AfterEach
    void closeAll() {
        finder.stop();
        loop.turn();
        http.close();
        udp.close();
    }

    private UdpScript.Asked asked() {
        while (udp.waiting() == 0) {
            loop.turn();
            Thread.onSpinWait();
        }
        return udp.next();
    }

    @Test
    void findsPeersFromStartToStop() {
        http.answerBody(
                "d11:external ip4:\u0009\u0009\u0009\u00098:intervali900e5:peers6:\u007f\u0000\u0000\u0001\u0000\u0007e");
        Search search =
                finder.search(
                        Specs.of(
                                loop,
                                List.of(List.of(http.url("/announce")), List.of(udp.url("")))),
                        heard);
        udp.connect(asked(), 5);
        udp.announce(asked(), 900, new byte[] {127, 0, 0, 1, 0, 8});
        loop.until(() -> heard.peers.size() == 2 && heard.changes >= 4);
        assertThat(heard.peers)
                .containsExactlyInAnyOrder(
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 7),
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8));
        assertThat(heard.trusted).containsOnly(true);
        assertThat(heard.external).containsExactly(InetAddress.ofLiteral("9.9.9.9"));
        assertThat(search.status()).allMatch(tracker -> tracker.status() == Status.WORKING);
        List<Boolean> done = new ArrayList<>();
        search.stop(done::add);
        UdpScript.Asked stopped = asked();
        assertThat(stopped.buffer().getInt(80)).isEqualTo(3);
        udp.announce(stopped, 900, new byte[0]);
        loop.until(() -> !done.isEmpty());
        assertThat(done).containsExactly(true);
        assertThat(http.requests).extracting(HttpScript.Request::target).hasSize(2);
        assertThat(http.requests.get(1).target()).contains("event=stopped&numwant=0");
    }

    @Test
    void isTheFinderThatPrivateTorrentsMayUse() {
        assertThat(finder.name()).isEqualTo("tracker");
        assertThat(finder.allowsPrivate()).isTrue();
        assertThat(PeerFinder.NAME).isEqualTo("bittern.finder");
    }

    @Test
    void asksNoTrackerThatIsBlockedByAFilterWhichIsBeingExchanged() {
        IpFilter filter = new LoopbackFilter();
        finder.addFilter(filter);
        finder.removeFilter(filter);
        Search search =
                finder.search(Specs.of(loop, List.of(List.of(http.url("/announce")))), heard);
        loop.until(() -> search.status().getFirst().status() == Status.ERROR);
        assertThat(search.status().getFirst().message()).contains("block");
        assertThat(http.requests).isEmpty();
    }

    /** Blocks this machine. */
    private record LoopbackFilter() implements IpFilter {
        @Override
        public boolean blocks(InetAddress address) {
            return address.isLoopbackAddress();
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public int rules() {
            return 1;
        }

        @Override
        public Subscription onChange(Runnable changed) {
            return () -> {};
        }
    }

    @Test
    void fallsSilentWhenItIsStopped() {
        finder.search(Specs.of(loop, List.of(List.of(udp.url("")))), heard);
        UdpScript.Asked connect = asked();
        finder.stop();
        loop.turn();
        int changes = heard.changes;
        udp.connect(connect, 5);
        finder.search(Specs.of(loop, List.of(List.of(http.url("/announce")))), heard);
        loop.turn();
        assertThat(udp.waiting()).isZero();
        assertThat(http.requests).isEmpty();
        assertThat(heard.peers).isEmpty();
        assertThat(heard.changes).isGreaterThanOrEqualTo(changes);
    }

    @Test
    void refusesConfigurationsOutOfRange() {
        assertThatThrownBy(() -> new TrackerFinder(config(9), new PlainEgress()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("udp.retries 9, 0 to 8 is allowed");
    }
}
