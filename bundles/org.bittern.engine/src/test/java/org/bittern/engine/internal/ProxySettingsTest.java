package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bittern.engine.internal.Waiting.done;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.NetworkSettings.ProxyType;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.spi.net.ProxyServer;
import org.bittern.spi.net.ProxyServer.Kind;
import org.bittern.spi.net.ProxyServer.Login;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProxySettingsTest {
    @TempDir Path directory;

    private static Settings settings(ProxyType type, String url) {
        return Settings.EMPTY
                .with(NetworkSettings.PROXY_TYPE, type)
                .with(NetworkSettings.PROXY_URL, url);
    }

    @Test
    void readsHostAndPort() {
        assertThat(ProxySettings.of(Settings.EMPTY)).isEmpty();
        assertThat(ProxySettings.of(settings(ProxyType.SOCKS5, "proxy.example:1080")))
                .contains(new ProxyServer(Kind.SOCKS5, "proxy.example", 1080, Optional.empty()));
        assertThat(ProxySettings.of(settings(ProxyType.HTTP, "http://[2001:db8::1]:3128/")))
                .contains(new ProxyServer(Kind.HTTP, "2001:db8::1", 3128, Optional.empty()));
        assertThat(ProxySettings.of(settings(ProxyType.SOCKS4, "socks4a://h:1"))).isPresent();
    }

    @Test
    void refusesEverythingElse() {
        for (String url :
                List.of(
                        "",
                        "host",
                        "host:0",
                        "host:65536",
                        "user:pw@host:1",
                        "http://host:1",
                        "a b:1",
                        "::1:80",
                        "host:1/x")) {
            assertThatThrownBy(() -> ProxySettings.of(settings(ProxyType.SOCKS5, url)))
                    .as(url)
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("proxy-url")
                    .hasMessageNotContaining("pw@");
        }
    }

    @Test
    void whereAProxyWouldBeIsCheckedBeforeItIsUsed() {
        Settings none = Settings.EMPTY;
        for (String url : List.of("", "h:1", "socks4a://h:1", "SOCKS5H://[::1]:2", "http://h:3/")) {
            ProxySettings.check(none, settings(ProxyType.NONE, url));
        }
        for (String url : List.of("host", "host:0", "me:pw@host:1", "ftp://host:1", "::1:80")) {
            Settings named = settings(ProxyType.NONE, url);
            assertThatThrownBy(() -> ProxySettings.check(none, named))
                    .as(url)
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("proxy-url")
                    .hasMessageNotContaining("pw@");
            ProxySettings.check(named, named.with(NetworkSettings.PEER_PORT, 1)); // as it was
            ProxySettings.check(named, settings(ProxyType.NONE, ""));
            assertThatThrownBy(() -> ProxySettings.check(named, settings(ProxyType.SOCKS5, url)))
                    .as("%s, in use", url)
                    .isInstanceOf(EngineException.class);
        }
    }

    @Test
    void offersTheLoginWhereItIsWanted() {
        Settings login =
                settings(ProxyType.SOCKS5, "h:1")
                        .with(NetworkSettings.PROXY_USERNAME, "me")
                        .with(NetworkSettings.PROXY_PASSWORD, "secret");
        assertThat(ProxySettings.of(login).orElseThrow().login()).isEmpty();
        Login expected = new Login("me", "secret");
        assertThat(
                        ProxySettings.of(login.with(NetworkSettings.PROXY_AUTH_ENABLED, true))
                                .orElseThrow()
                                .login())
                .contains(expected);
        for (ProxyType type : List.of(ProxyType.SOCKS5_PASSWORD, ProxyType.HTTP_PASSWORD)) {
            assertThat(
                            ProxySettings.of(login.with(NetworkSettings.PROXY_TYPE, type))
                                    .orElseThrow()
                                    .login())
                    .contains(expected);
        }
        assertThatThrownBy(() ->
                        ProxySettings.of(
                                login.with(NetworkSettings.PROXY_AUTH_ENABLED, true)
                                        .with(NetworkSettings.PROXY_PASSWORD, "x".repeat(256))))
                .hasMessageContaining("255");
    }

    @Test
    void thePasswordIsNotShown() {
        Setting<String> password = NetworkSettings.PROXY_PASSWORD;
        assertThat(password.isSecret()).isTrue();
        assertThat(password.shown("secret")).isEqualTo(Setting.REDACTED);
        assertThat(password.shown("")).isEqualTo("");
        assertThat(NetworkSettings.PROXY_USERNAME.shown("me")).isEqualTo("me");
        assertThatThrownBy(() -> password.parse("sec\nret")).hasMessageNotContaining("sec\n");
    }

    @Test
    void aWrongProxyChangesNothing() throws Exception {
        try (Machine machine = new Machine()) {
            Engine engine = machine.start(Machine.settings(directory));
            int port = engine.status().listenPort();
            assertThatThrownBy(() -> done(engine.apply(settings(ProxyType.SOCKS5, "nonsense"))))
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("proxy-url");
            Settings unused = Settings.EMPTY.with(NetworkSettings.PROXY_URL, "nonsense");
            assertThatThrownBy(() ->
                            done(engine.apply(unused.with(NetworkSettings.PEX_ENABLED, false))))
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining("proxy-url");
            assertThat(engine.settings().get(NetworkSettings.PROXY_TYPE)).isEqualTo(ProxyType.NONE);
            assertThat(engine.settings().get(NetworkSettings.PROXY_URL)).isEmpty();
            assertThat(engine.settings().get(NetworkSettings.PEX_ENABLED)).isTrue();
            assertThat(engine.status().listenPort()).isEqualTo(port);
        }
    }

    @Test
    void aProxyClosesTheDoorAndItsEndOpensIt() throws Exception {
        FakeFinder dht = new FakeFinder("dht", List.of());
        FakeFinder tracker = new FakeFinder("tracker", List.of());
        try (Machine machine = new Machine()) {
            machine.parts.add(dht);
            machine.parts.add(tracker);
            Engine engine = machine.start(Machine.settings(directory));
            Torrent torrent = machine.add(Payload.single("one.bin", 100_000, 16_384, 5).request());
            Waiting.until(() -> !dht.told.isEmpty());
            done(engine.apply(settings(ProxyType.HTTP, "127.0.0.1:1"))); // no datagrams
            assertThat(engine.status().listenPort()).isZero();
            Waiting.until(
                    () -> tracker.told.stream().filter("started 100000"::equals).count() == 2);
            assertThat(dht.told).containsExactly("started 100000", "stopped 100000");
            InetSocketAddress named = InetSocketAddress.createUnresolved("localhost", 1);
            assertThatThrownBy(() -> done(torrent.addPeer(named)))
                    .hasMessageContaining("not looked up");
            done(
                    engine.apply(
                            Settings.EMPTY.with(NetworkSettings.PROXY_INCOMING_CONNECTIONS, true)));
            assertThat(engine.status().listenPort()).isPositive();
            done(engine.apply(Settings.EMPTY.with(NetworkSettings.PROXY_TYPE, ProxyType.NONE)));
            assertThat(engine.status().listenPort()).isPositive();
            Waiting.until(() -> dht.told.size() == 3);
        }
    }

    @Test
    void theDhtGoesOnBehindAProxyThatCarriesDatagramsAndLocalDiscoveryDoesNot() throws Exception {
        FakeFinder dht = new FakeFinder("dht", List.of());
        FakeFinder lsd = new FakeFinder("lsd", List.of());
        try (Machine machine = new Machine()) {
            machine.parts.add(dht);
            machine.parts.add(lsd);
            Engine engine =
                    machine.start(
                            Machine.settings(directory).with(NetworkSettings.LPD_ENABLED, true));
            machine.add(Payload.single("one.bin", 100_000, 16_384, 5).request());
            Waiting.until(() -> !dht.told.isEmpty() && !lsd.told.isEmpty());
            done(engine.apply(settings(ProxyType.SOCKS5, "127.0.0.1:1")));
            Waiting.until(() -> dht.told.stream().filter("started 100000"::equals).count() == 2);
            Waiting.until(() -> lsd.told.size() == 2);
            assertThat(lsd.told).containsExactly("started 100000", "stopped 100000");
        }
    }
}
