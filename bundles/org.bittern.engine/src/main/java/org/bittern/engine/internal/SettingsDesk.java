package org.bittern.engine.internal;

import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.engine.internal.limits.AltSchedule;
import org.bittern.spi.net.EventLoop;

/**
 * Puts settings in force, those that callers give and those that the clock gives. Used by the
 * clerk, one thread at a time.
 */
final class SettingsDesk {
    /** The clock may be set, and summer time begins: looking again is safer than counting. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** Random ports that are tried after the first, when others listen there. */
    private static final int MOST_PORTS = 20;

    private final SessionScope scope;
    private final Registry registry;
    private final Doorway doorway;
    private final Clerk clerk;
    private final BindingWatch interfaces;
    private boolean watching; // a look is due
    private boolean held; // what the schedule said last

    SettingsDesk(SessionScope scope, Registry registry, Doorway doorway, Clerk clerk) {
        this.scope = scope;
        this.registry = registry;
        this.doorway = doorway;
        this.clerk = clerk;
        interfaces = new BindingWatch(scope, doorway, clerk);
    }

    /**
     * Begins: listens, and obeys a schedule that is in force.
     *
     * @throws EngineException PORT_IN_USE, INVALID_PATH
     */
    void open(RandomGenerator random) {
        listen(scope.settings(), random);
        interfaces.look();
        if (scope.setting(EngineSettings.ALT_SPEED_TIME_ENABLED)) {
            Settings now = scheduled(scope.settings());
            scope.use(now, scope.binding());
            watch();
        }
    }

    private void listen(Settings settings, RandomGenerator random) {
        if (!settings.get(NetworkSettings.PEER_PORT_RANDOM_ON_START)) {
            doorway.open(settings);
            return;
        }
        int low = settings.get(NetworkSettings.PEER_PORT_RANDOM_LOW);
        int high = Math.max(low, settings.get(NetworkSettings.PEER_PORT_RANDOM_HIGH));
        for (int left = MOST_PORTS; ; left--) {
            int port = low + random.nextInt(high - low + 1);
            Settings there = settings.with(NetworkSettings.PEER_PORT, port);
            try {
                doorway.open(there);
                scope.use(there, scope.binding());
                return;
            } catch (EngineException e) {
                if (e.code() != Code.PORT_IN_USE || left == 0) {
                    throw e;
                }
            }
        }
    }

    /**
     * Puts changes in force, all or none, and makes the directories that they newly name.
     *
     * @return done when they are stored; fails with DISK if they cannot be
     * @throws EngineException INVALID_ARGUMENT, INVALID_PATH, PORT_IN_USE
     */
    CompletableFuture<Void> applied(Settings changes) {
        check(changes);
        Settings before = scope.settings();
        Settings after = before.overlaid(changes);
        boolean rescheduled = changes.keys().stream().anyMatch(AltSchedule::concerns);
        if (rescheduled && after.get(EngineSettings.ALT_SPEED_TIME_ENABLED)) {
            after = scheduled(after);
            watch();
        }
        NewDirectories directories = NewDirectories.made(before, after);
        try {
            doorway.change(before, after);
        } catch (EngineException e) {
            directories.undo();
            throw e;
        }
        interfaces.look();
        Set<String> keys = new HashSet<>();
        for (Setting<?> key : after.keys()) {
            if (!before.get(key).equals(after.get(key))) {
                keys.add(key.name());
            }
        }
        tell(Set.copyOf(keys));
        return scope.stored().save();
    }

    private void tell(Set<String> keys) {
        for (TorrentHandle torrent : registry.all()) {
            torrent.loop().execute(() -> torrent.core().commands().settingsChanged(keys));
        }
        if (!keys.isEmpty()) {
            scope.publish(new EngineEvent.SettingsChanged(scope.now(), keys));
        }
    }

    private static void check(Settings changes) {
        for (Setting<?> key : changes.keys()) {
            if (!EngineSettings.ALL.contains(key)) {
                throw new EngineException(
                        Code.INVALID_ARGUMENT, key.name() + " is no setting of the engine");
            }
        }
        Announces.check(Announces.tiers(changes.get(EngineSettings.DEFAULT_TRACKERS)), List.of());
    }

    // ---- schedule

    private Settings scheduled(Settings settings) {
        held = AltSchedule.of(settings).holds(localTime());
        return settings.with(EngineSettings.ALT_SPEED_ENABLED, held);
    }

    private ZonedDateTime localTime() {
        return scope.now().atZone(scope.parts().surroundings().zone());
    }

    private void watch() {
        if (!watching) {
            watching = true;
            EventLoop loop = scope.parts().loops().loops().getFirst();
            loop.schedule(LOOK_NANOS, () -> clerk.tell(this::look));
        }
    }

    /** Changes only at the begin and at the end: between them the user may. */
    private void look() {
        watching = false;
        Settings settings = scope.settings();
        if (settings.get(EngineSettings.ALT_SPEED_TIME_ENABLED)) {
            watch();
            boolean now = AltSchedule.of(settings).holds(localTime());
            if (now != held) {
                held = now;
                var _ = applied(Settings.EMPTY.with(EngineSettings.ALT_SPEED_ENABLED, now));
            }
        }
    }
}
