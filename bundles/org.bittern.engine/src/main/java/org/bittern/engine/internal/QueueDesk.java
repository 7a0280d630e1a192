package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Queue;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.engine.internal.queue.Seat;
import org.bittern.engine.internal.queue.TurnQueue;
import org.jspecify.annotations.Nullable;

/**
 * The queue as callers see it. Thread-safe.
 *
 * <p>A change may shift the positions of ten thousand torrents. Their snapshots are published in
 * one go, and changes that come meanwhile share the next one.
 */
final class QueueDesk implements Queue {
    private final SessionScope scope;
    private final Registry registry;
    private boolean publishing;
    private @Nullable CompletableFuture<Void> next; // null unless somebody waits for another go

    QueueDesk(SessionScope scope, Registry registry) {
        this.scope = scope;
        this.registry = registry;
    }

    /** Puts the sizes that the settings name in force. */
    static void apply(SessionScope scope, Settings settings) {
        scope.turns()
                .limits(
                        size(
                                settings,
                                EngineSettings.DOWNLOAD_QUEUE_ENABLED,
                                EngineSettings.DOWNLOAD_QUEUE_SIZE),
                        size(
                                settings,
                                EngineSettings.SEED_QUEUE_ENABLED,
                                EngineSettings.SEED_QUEUE_SIZE));
        scope.checks().size(settings.get(EngineSettings.CHECK_QUEUE_SIZE));
    }

    private static OptionalInt size(
            Settings settings, Setting<Boolean> enabled, Setting<Integer> size) {
        return settings.get(enabled) ? OptionalInt.of(settings.get(size)) : OptionalInt.empty();
    }

    @Override
    public CompletionStage<Void> move(Collection<? extends Torrent> torrents, Move where) {
        List<Seat> seats = new ArrayList<>(torrents.size());
        for (Torrent torrent : torrents) {
            registry.number(torrent.number())
                    .ifPresent(handle -> seats.add(handle.core().turn().seat()));
        }
        TurnQueue turns = scope.turns();
        turns.move(seats, where);
        return moved();
    }

    @Override
    public CompletionStage<Void> place(Torrent torrent, int position) {
        registry.number(torrent.number())
                .ifPresent(handle -> scope.turns().place(handle.core().turn().seat(), position));
        return moved();
    }

    private CompletionStage<Void> moved() {
        scope.publish(new EngineEvent.QueueChanged(scope.now()));
        return settled().thenCombine(scope.ledger().save(), (shown, stored) -> null);
    }

    /** Done when all snapshots show the positions as they are now. */
    CompletableFuture<Void> settled() {
        CompletableFuture<Void> mine;
        boolean idle;
        // A lock and not a loop: any thread may ask; it guards two fields.
        synchronized (this) {
            mine = next == null ? new CompletableFuture<>() : next;
            next = mine;
            idle = !publishing;
            publishing = true;
        }
        if (idle) {
            publish();
        }
        return mine;
    }

    private void publish() {
        CompletableFuture<Void> current;
        synchronized (this) {
            if (next == null) {
                publishing = false;
                return;
            }
            current = next;
            next = null;
        }
        List<CompletableFuture<Void>> shown = new ArrayList<>();
        for (TorrentHandle handle : registry.all()) {
            if (handle.snapshot().queuePosition() != handle.core().turn().seat().position()) {
                CompletableFuture<Void> one = new CompletableFuture<>();
                shown.add(one);
                handle.loop()
                        .execute(() -> {
                            handle.core().publishNow();
                            one.complete(null);
                        });
            }
        }
        var _ =
                CompletableFuture.allOf(shown.toArray(CompletableFuture[]::new))
                        .whenCompleteAsync(
                                (all, failure) -> {
                                    current.complete(null);
                                    publish();
                                },
                                task -> scope.parts().surroundings().start("bt-queue", task));
    }
}
