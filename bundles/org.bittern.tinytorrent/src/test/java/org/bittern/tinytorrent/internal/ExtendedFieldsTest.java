package org.bittern.tinytorrent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.NetworkSettings.ProxyType;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.SessionChange;
import org.bittern.rpc.TorrentChange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ExtendedFieldsTest {
    private final ExtendedFields fields = new ExtendedFields();
    private boolean trusted = true;
    private Settings present = Settings.EMPTY;

    @Test
    void aProxyIsSetByAllItsKeys() throws RpcException {
        Settings set =
                session(
                        Map.of(
                                "proxy-type",
                                3,
                                "proxy-url",
                                "[::1]:1080",
                                "proxyAuthEnabled",
                                true,
                                "proxy_username",
                                "me",
                                "proxy-password",
                                "geheim",
                                "proxy-peer-connections",
                                false));
        assertThat(set.get(NetworkSettings.PROXY_TYPE)).isEqualTo(ProxyType.SOCKS5_PASSWORD);
        assertThat(set.get(NetworkSettings.PROXY_URL)).isEqualTo("[::1]:1080");
        assertThat(set.get(NetworkSettings.PROXY_AUTH_ENABLED)).isTrue();
        assertThat(set.get(NetworkSettings.PROXY_USERNAME)).isEqualTo("me");
        assertThat(set.get(NetworkSettings.PROXY_PASSWORD)).isEqualTo("geheim");
        assertThat(set.get(NetworkSettings.PROXY_PEER_CONNECTIONS)).isFalse();
    }

    @Test
    void thePasswordIsNeverShownAndWhatIsShownKeepsIt() throws RpcException {
        Engine engine = engine(Settings.EMPTY.with(NetworkSettings.PROXY_PASSWORD, "geheim"));
        assertThat(shown("proxy-password", engine)).isEqualTo("<REDACTED>");
        assertThat(shown("proxy-password", engine(Settings.EMPTY))).isNull();
        for (Object kept : new Object[] {"<REDACTED>", null}) {
            Settings set = session(Collections.singletonMap("proxy-password", kept));
            assertThat(set.has(NetworkSettings.PROXY_PASSWORD)).isFalse();
        }
        assertThat(session(Map.of("proxy-password", "")).has(NetworkSettings.PROXY_PASSWORD))
                .isTrue();
        assertThatThrownBy(() -> session(Map.of("proxy-password", "geh\neim")))
                .isInstanceOf(RpcException.class)
                .hasMessageNotContaining("geh");
    }

    @Test
    void whatIsWrongIsRefused() {
        refused("proxy-type", 6);
        refused("proxy-type", -1);
        refused("proxy-type", 2.5);
        refused("proxy-type", "socks5");
        refused("proxy-url", 7);
        refused("proxy-url", "socks5://me:secret@host:1");
        refused("proxy-auth-enabled", "yes");
        refused("queue-download-size", -1);
        refused("queue-seed-size", 1L << 40);
        refused("queue-seed-enabled", List.of());
        refused("watch-dir", "relative/path");
        refused("watch-dir", "/nul\0");
    }

    @Test
    void aProxyIsSetWithTheTokenOnly() throws RpcException {
        trusted = false;
        assertThatThrownBy(() -> session(Map.of("proxy-url", "localhost:1")))
                .isInstanceOf(RpcException.class)
                .hasMessageStartingWith("permission denied");
        assertThat(session(Map.of("watch-dir", "/a/../b//c/")).get(EngineSettings.WATCH_DIR))
                .isEqualTo("/b/c");
    }

    @Test
    void withoutTheTokenAProxyMayBeWrittenBackAsItIs() throws RpcException {
        trusted = false;
        present =
                Settings.EMPTY
                        .with(NetworkSettings.PROXY_TYPE, ProxyType.SOCKS5)
                        .with(NetworkSettings.PROXY_URL, "localhost:1")
                        .with(NetworkSettings.PROXY_USERNAME, "me")
                        .with(NetworkSettings.PROXY_PASSWORD, "geheim");
        Map<String, @Nullable Object> shown = new HashMap<>();
        fields.sessionFields()
                .forEach((name, field) -> shown.put(name, field.apply(engine(present))));
        shown.put("queue-download-size", 7);
        Settings set = session(shown);
        assertThat(set.get(EngineSettings.DOWNLOAD_QUEUE_SIZE)).isEqualTo(7);
        assertThat(set.keys()).noneMatch(key -> key.name().startsWith("proxy-"));
        Map<String, Object> changes =
                Map.of(
                        "proxy-type",
                        0,
                        "proxyUrl",
                        "localhost:2",
                        "proxy_username",
                        "",
                        "proxy-peer-connections",
                        false,
                        "proxy-auth-enabled",
                        true,
                        "proxy-password",
                        "guess");
        changes.forEach((name, value) ->
                assertThatThrownBy(() -> session(Map.of(name, value)))
                        .as(name)
                        .isInstanceOf(RpcException.class)
                        .hasMessageStartingWith("permission denied"));
        assertThatThrownBy(() -> session(Map.of("proxy-password", "geheim")))
                .as("no guess is told from another")
                .hasMessageStartingWith("permission denied");
    }

    @Test
    void queuesHaveTwoNames() throws RpcException {
        Settings set = session(Map.of("queue-download-size", 7, "queue-seed-enabled", true));
        assertThat(set.get(EngineSettings.DOWNLOAD_QUEUE_SIZE)).isEqualTo(7);
        assertThat(set.get(EngineSettings.SEED_QUEUE_ENABLED)).isTrue();
        assertThat(shown("queue-download-size", engine(set))).isEqualTo(7);
        assertThat(shown("queue-seed-enabled", engine(set))).isEqualTo(true);
        assertThat(shown("proxy-type", engine(set))).isEqualTo(0);
    }

    @Test
    void triggersActOnceWhenTrueAndNeverWhenFalse() throws RpcException {
        assertThat(calls(Map.of("force-recheck", true, "forceReannounce", 1)))
                .containsExactly("recheck", "reannounce");
        assertThat(calls(Map.of("force-recheck", false, "labels", List.of()))).isEmpty();
        assertThatThrownBy(() -> calls(Map.of("force-recheck", "maybe")))
                .isInstanceOf(RpcException.class)
                .hasMessageStartingWith("invalid argument");
    }

    @Test
    void superSeedingIsAnOption() throws RpcException {
        Recording change = new Recording();
        fields.torrentSet(request(Map.of("super-seeding", true)), change);
        assertThat(change.options.get(TorrentOptions.SUPER_SEEDING)).isTrue();
        assertThat(fields.torrentFields())
                .containsKeys(
                        "super-seeding",
                        "sequential-download",
                        "metadata-percent-complete",
                        "time-until-pause");
    }

    private void refused(String name, Object value) {
        assertThatThrownBy(() -> session(Map.of(name, value)))
                .as("%s %s", name, value)
                .isInstanceOf(RpcException.class)
                .hasMessageStartingWith("invalid argument: ")
                .hasMessageNotContaining("secret");
    }

    private @Nullable Object shown(String name, Engine engine) {
        Function<Engine, @Nullable Object> field = fields.sessionFields().get(name);
        if (field == null) {
            throw new AssertionError("no field " + name);
        }
        return field.apply(engine);
    }

    private Settings session(Map<String, ? extends @Nullable Object> arguments)
            throws RpcException {
        Collected collected = new Collected(present);
        fields.sessionSet(request(arguments), collected);
        return collected.settings;
    }

    private List<String> calls(Map<String, ?> arguments) throws RpcException {
        Recording change = new Recording();
        fields.torrentSet(request(arguments), change);
        List<String> calls = new ArrayList<>();
        Torrent torrent =
                (Torrent)
                        Proxy.newProxyInstance(
                                Torrent.class.getClassLoader(),
                                new Class<?>[] {Torrent.class},
                                (proxy, method, given) -> {
                                    calls.add(method.getName());
                                    return new CompletableFuture<>();
                                });
        for (Function<Torrent, CompletionStage<?>> action : change.actions) {
            assertThat(action.apply(torrent).toCompletableFuture())
                    .as("does not wait for the disk")
                    .isDone();
        }
        return calls;
    }

    private RpcRequest request(Map<String, ? extends @Nullable Object> arguments) {
        return new RpcRequest(
                Dialect.LEGACY, Arguments.of(arguments, Dialect.LEGACY), trusted, "id");
    }

    private static Engine engine(Settings settings) {
        return (Engine)
                Proxy.newProxyInstance(
                        Engine.class.getClassLoader(),
                        new Class<?>[] {Engine.class},
                        (proxy, method, given) -> settings);
    }

    private static final class Collected implements SessionChange {
        private final Settings present;
        private Settings settings = Settings.EMPTY;

        Collected(Settings present) {
            this.present = present;
        }

        @Override
        public Settings present() {
            return present;
        }

        @Override
        public <T> void set(Setting<T> key, T value) {
            settings = settings.with(key, value);
        }
    }

    private static final class Recording implements TorrentChange {
        private final List<Function<Torrent, CompletionStage<?>>> actions = new ArrayList<>();
        private Settings options = Settings.EMPTY;

        @Override
        public <T> void option(Setting<T> key, T value) {
            options = options.with(key, value);
        }

        @Override
        public void action(Function<Torrent, CompletionStage<?>> action) {
            actions.add(action);
        }
    }
}
