package org.bittern.settings.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.RpcSettings;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Subscription;
import org.bittern.api.host.EngineHost;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

@Timeout(60)
class MirrorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<Consumer<EngineEvent>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<Optional<Engine>>> watchers = new CopyOnWriteArrayList<>();
    private final List<Settings> applied = new CopyOnWriteArrayList<>();
    private final Engine engine = fake(Engine.class, this::engine);
    private volatile Settings inForce = Settings.EMPTY.with(NetworkSettings.PEER_PORT, 50_001);
    private volatile @Nullable EngineException refusal;
    private final AtomicInteger untold = new AtomicInteger();
    private volatile boolean tellsLate;
    private volatile Runnable whileApplying = () -> {};
    private volatile boolean running = true;
    private volatile Map<String, Object> configuration = Map.of();
    private volatile @Nullable Mirror mirror;

    @AfterEach
    void close() {
        Mirror begun = mirror;
        if (begun != null) {
            begun.close();
        }
    }

    @Test
    void whatIsConfiguredIsPutInForceAndEverythingIsSeen() {
        begin();
        seen("peer-port", 50_001);
        configure("speed-limit-up", 70L);
        await().atMost(PATIENCE).until(() -> inForce.get(EngineSettings.SPEED_LIMIT_UP) == 70_000);
        seen("speed-limit-up", 70L);
        assertThat(applied).hasSize(1);
        assertThat(applied.getFirst().keys()).containsExactly(EngineSettings.SPEED_LIMIT_UP);
    }

    @Test
    void whatChangesElsewhereIsSeenAndDoesNotLeadBack() {
        begin();
        seen("peer-port", 50_001);
        change(Settings.EMPTY.with(NetworkSettings.PEER_PORT, 50_002));
        seen("peer-port", 50_002);
        assertThat(applied).isEmpty();
        configure("pex-enabled", false);
        seen("pex-enabled", false);
        assertThat(applied).hasSize(1);
        assertThat(applied.getFirst().keys()).containsExactly(NetworkSettings.PEX_ENABLED);
    }

    /** ConfigAdmin tells of our own writing when others have changed things since. */
    @Test
    void whatIsToldLateLeadsToNothing() {
        begin();
        seen("peer-port", 50_001);
        tellsLate = true;
        for (int port = 50_002; port <= 50_010; port++) {
            change(Settings.EMPTY.with(NetworkSettings.PEER_PORT, port));
            seen("peer-port", port);
        }
        tellsLate = false;
        assertThat(untold).hasValueGreaterThanOrEqualTo(9);
        for (int i = 0; i < untold.get(); i++) {
            Objects.requireNonNull(mirror).configured();
        }
        configure("pex-enabled", false);
        await().atMost(PATIENCE).until(() -> !inForce.get(NetworkSettings.PEX_ENABLED));
        seen("peer-port", 50_010);
        assertThat(applied).hasSize(1);
    }

    /** ConfigAdmin tells what stands there when it tells, not what somebody wrote. */
    @Test
    void whatIsConfiguredWhileAWishIsPutInForceIsNotWrittenOver() {
        begin();
        seen("peer-port", 50_001);
        tellsLate = true;
        whileApplying =
                () -> {
                    whileApplying = () -> {};
                    configure("speed-limit-up", 80L);
                };
        configure("speed-limit-up", 70L);
        Objects.requireNonNull(mirror).configured();
        await().atMost(PATIENCE).until(() -> inForce.get(EngineSettings.SPEED_LIMIT_UP) == 80_000);
        seen("speed-limit-up", 80L);
        assertThat(applied).hasSize(2);
    }

    @Test
    void whatIsConfiguredBeforeWaitsForTheEngine() {
        running = false;
        // The default is a wish as well: what is stored may be another value.
        inForce = inForce.with(NetworkSettings.DHT_ENABLED, false);
        configuration = Map.of("dht-enabled", true);
        begin();
        running = true;
        watchers.forEach(watcher -> watcher.accept(Optional.of(engine)));
        seen("dht-enabled", true);
        assertThat(inForce.get(NetworkSettings.DHT_ENABLED)).isTrue();
    }

    @Test
    void whatTheEngineRefusesIsTakenBack() {
        begin();
        seen("peer-port", 50_001);
        refusal = new EngineException(Code.PORT_IN_USE, "port 50003 is taken");
        configure("peer-port", 50_003);
        seen("peer-port", 50_001);
        assertThat(applied).hasSize(1);
    }

    @Test
    void whatIsTypedIsShownAsWhatTheSettingIs() {
        begin();
        seen("peer-port", 50_001);
        configure("pex-enabled", "false");
        seen("pex-enabled", false);
        assertThat(applied).hasSize(1);
    }

    @Test
    void theSameNumberInAnotherWidthIsLeftAlone() {
        begin();
        seen("peer-port", 50_001);
        configure("peer-port", 50_002L);
        await().atMost(PATIENCE).until(() -> inForce.get(NetworkSettings.PEER_PORT) == 50_002);
        configure("pex-enabled", false);
        await().atMost(PATIENCE).until(() -> !inForce.get(NetworkSettings.PEX_ENABLED));
        assertThat(configuration).containsEntry("peer-port", 50_002L);
    }

    @Test
    void secretsAreTakenAndNotShown() {
        begin();
        seen("peer-port", 50_001);
        configure("rpc-password", "planted");
        await().atMost(PATIENCE).until(() -> inForce.get(RpcSettings.PASSWORD).equals("planted"));
        await().atMost(PATIENCE).until(() -> !configuration.containsKey("rpc-password"));
        assertThat(configuration.values().toString()).doesNotContain("planted");
    }

    @Test
    void textsAreReadAsWhatTheSettingIs() {
        Map<String, Object> typed = new HashMap<>();
        typed.put("peer-port", "50009");
        typed.put("pex-enabled", "false");
        typed.put("ratio-limit", "1.5");
        typed.put("download-dir", "/7");
        typed.put("rpc-trusted-origins", new String[] {"https://a.example"});
        typed.put("service.pid", Mirror.PID);
        Settings settings = Properties.settings(FrameworkUtil.asDictionary(typed));
        assertThat(settings.get(NetworkSettings.PEER_PORT)).isEqualTo(50_009);
        assertThat(settings.get(NetworkSettings.PEX_ENABLED)).isFalse();
        assertThat(settings.get(EngineSettings.RATIO_LIMIT)).isEqualTo(1.5);
        assertThat(settings.get(EngineSettings.DOWNLOAD_DIR)).isEqualTo("/7");
        assertThat(settings.get(RpcSettings.TRUSTED_ORIGINS)).containsExactly("https://a.example");
        // What is written can be read again.
        assertThat(Properties.settings(Properties.of(settings)).get(EngineSettings.RATIO_LIMIT))
                .isEqualTo(1.5);
    }

    @Test
    void whatIsNoSettingIsRefused() {
        assertThatThrownBy(() -> Properties.settings(one("peer-prot", 1)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("peer-prot");
        assertThatThrownBy(() -> Properties.settings(one("peer-port", "70000")))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("peer-port");
    }

    private static Dictionary<String, Object> one(String key, Object value) {
        return FrameworkUtil.asDictionary(Map.of(key, value));
    }

    private void begin() {
        mirror = new Mirror(fake(EngineHost.class, this::host), admin());
    }

    private void seen(String key, Object value) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(configuration).containsEntry(key, value));
    }

    private void configure(String key, Object value) {
        Map<String, Object> edited = new HashMap<>(configuration);
        edited.put(key, value);
        written(edited);
    }

    /** As ConfigAdmin does: the configuration is there, and told. */
    private void written(Map<String, Object> properties) {
        configuration = Map.copyOf(properties);
        Mirror told = mirror;
        if (told == null) {
            return;
        }
        if (tellsLate) {
            untold.incrementAndGet();
        } else {
            told.configured();
        }
    }

    /** A change by somebody else. */
    private void change(Settings changes) {
        inForce = inForce.overlaid(changes);
        Set<String> keys = new HashSet<>();
        changes.keys().forEach(key -> keys.add(key.name()));
        listeners.forEach(
                listener -> listener.accept(new EngineEvent.SettingsChanged(Instant.EPOCH, keys)));
    }

    private Object engine(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "settings" -> inForce;
            case "apply" -> apply((Settings) arguments[0]);
            case "subscribe" -> {
                @SuppressWarnings("unchecked") // the method's only parameter
                Consumer<EngineEvent> listener = (Consumer<EngineEvent>) arguments[0];
                listeners.add(listener);
                yield (Subscription) () -> listeners.remove(listener);
            }
            default -> throw new AssertionError("not expected: " + method);
        };
    }

    private CompletableFuture<?> apply(Settings changes) {
        applied.add(changes);
        EngineException refused = refusal;
        if (refused != null) {
            return CompletableFuture.failedFuture(refused);
        }
        whileApplying.run();
        change(changes);
        return CompletableFuture.completedFuture(null);
    }

    private Object host(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "engine" -> running ? Optional.of(engine) : Optional.empty();
            case "watch" -> {
                @SuppressWarnings("unchecked") // the method's only parameter
                Consumer<Optional<Engine>> watcher = (Consumer<Optional<Engine>>) arguments[0];
                watchers.add(watcher);
                yield (Subscription) () -> watchers.remove(watcher);
            }
            default -> throw new AssertionError("not expected: " + method);
        };
    }

    private ConfigurationAdmin admin() {
        Configuration one = fake(Configuration.class, this::configuration);
        return fake(ConfigurationAdmin.class, (proxy, method, arguments) -> one);
    }

    private @Nullable Object configuration(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getProperties" ->
                    configuration.isEmpty() ? null : FrameworkUtil.asDictionary(configuration);
            case "update" -> {
                @SuppressWarnings("unchecked") // the method's only parameter
                Dictionary<String, Object> properties = (Dictionary<String, Object>) arguments[0];
                Map<String, Object> copy = new HashMap<>();
                Collections.list(properties.keys())
                        .forEach(key -> copy.put(key, properties.get(key)));
                written(copy);
                yield null;
            }
            default -> throw new AssertionError("not expected: " + method);
        };
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
