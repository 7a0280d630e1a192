package org.bittern.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.Subscription;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.host.EngineHost;
import org.bittern.control.Chronicle.Level;
import org.bittern.metainfo.InfoHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChronicleTest {
    private static final InfoHash HASH = InfoHash.ofV1(new byte[20]);

    private final Host host = new Host();
    private final Chronicle chronicle = new Chronicle(host);

    @Test
    void tellsEventsInWordsAndByLevel() {
        host.start();
        host.tell(new EngineEvent.SettingsChanged(Instant.EPOCH, Set.of("peer-port")));
        host.tell(new EngineEvent.Added(Instant.EPOCH, 1, HASH, "x.iso"));
        host.tell(
                new EngineEvent.StateChanged(
                        Instant.EPOCH, 1, HASH, TorrentState.CHECKING, TorrentState.SEEDING));
        host.tell(failed(TorrentError.Kind.TRACKER_ERROR, "no answer"));
        host.tell(failed(TorrentError.Kind.DISK_FULL, "disk is full"));
        assertThat(chronicle.newest(Level.DEBUG, 99))
                .extracting(entry -> entry.level() + " " + entry.message())
                .containsExactly(
                        "DEBUG settings changed: [peer-port]",
                        "INFO added x.iso",
                        "INFO from CHECKING to SEEDING",
                        "WARN TRACKER_ERROR: no answer",
                        "ERROR DISK_FULL: disk is full");
        assertThat(chronicle.newest(Level.WARN, 99)).hasSize(2);
        assertThat(chronicle.newest(Level.INFO, 1))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.message()).startsWith("DISK_FULL");
                    assertThat(entry.torrent()).isEqualTo(HASH.hex());
                });
    }

    @Test
    void keepsTheNewestOnly() {
        host.start();
        for (int i = 0; i <= Chronicle.CAPACITY; i++) {
            host.tell(new EngineEvent.Missed(Instant.EPOCH, i));
        }
        assertThat(chronicle.newest(Level.DEBUG, Integer.MAX_VALUE))
                .hasSize(Chronicle.CAPACITY)
                .first()
                .extracting(Chronicle.Entry::message)
                .isEqualTo("1 events missed");
    }

    @Test
    void followsOneEngineAfterTheOtherAndLetsGo() {
        host.start();
        host.tell(new EngineEvent.Missed(Instant.EPOCH, 1));
        host.start();
        host.tell(new EngineEvent.Missed(Instant.EPOCH, 2));
        assertThat(chronicle.newest(Level.DEBUG, 9)).hasSize(2);
        assertThat(host.listeners).hasSize(1);
        chronicle.close();
        assertThat(host.listeners).isEmpty();
        assertThat(host.watchers).isEmpty();
    }

    @Test
    void logsTakeLevelAndLimit() {
        Diagnostics diagnostics = new Diagnostics(host);
        host.start();
        host.tell(new EngineEvent.Added(Instant.EPOCH, 1, HASH, "a"));
        host.tell(failed(TorrentError.Kind.DISK_FULL, "disk is full"));
        assertThat(logs(diagnostics, Map.of())).hasSize(2);
        assertThat(logs(diagnostics, Map.of("limit", 1)))
                .containsExactly(
                        Map.of(
                                "time", "1970-01-01T00:00:00Z",
                                "level", "error",
                                "torrent", HASH.hex(),
                                "message", "DISK_FULL: disk is full"));
        assertThat(logs(diagnostics, Map.of("level", "ERROR"))).hasSize(1);
        for (Map<String, Object> bad :
                List.<Map<String, Object>>of(
                        Map.of("level", "loud"), Map.of("limit", 0), Map.of("limit", "x"))) {
            assertThatThrownBy(() -> logs(diagnostics, bad)).isInstanceOf(ControlException.class);
        }
    }

    private static List<Object> logs(Diagnostics diagnostics, Map<String, Object> params) {
        return new ArrayList<>((List<?>) diagnostics.logs(new Params(params)).get("logs"));
    }

    private static EngineEvent failed(TorrentError.Kind kind, String message) {
        return new EngineEvent.Failed(Instant.EPOCH, 1, HASH, new TorrentError(kind, message));
    }

    /** A host whose engines only have listeners. */
    private static final class Host implements EngineHost {
        final List<Consumer<EngineEvent>> listeners = new ArrayList<>();
        final List<Consumer<Optional<Engine>>> watchers = new ArrayList<>();

        void start() {
            Engine engine =
                    (Engine)
                            Proxy.newProxyInstance(
                                    Host.class.getClassLoader(),
                                    new Class<?>[] {Engine.class},
                                    (proxy, method, arguments) -> subscribed(arguments));
            watchers.forEach(watcher -> watcher.accept(Optional.of(engine)));
        }

        void tell(EngineEvent event) {
            listeners.forEach(listener -> listener.accept(event));
        }

        @SuppressWarnings("unchecked") // subscribe is the only method that is called
        private Subscription subscribed(Object[] arguments) {
            Consumer<EngineEvent> listener = (Consumer<EngineEvent>) arguments[0];
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }

        @Override
        public Optional<Engine> engine() {
            return Optional.empty();
        }

        @Override
        public CompletionStage<Engine> start(EngineStart start) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> stop() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Subscription watch(Consumer<Optional<Engine>> listener) {
            watchers.add(listener);
            return () -> watchers.remove(listener);
        }
    }
}
