package org.bittern.tinytorrent.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.TorrentChange;
import org.jspecify.annotations.Nullable;

/** What TinyTorrent adds to {@code torrent-get} and {@code torrent-set}. Thread-safe. */
final class TorrentFields {
    static final String TIME_UNTIL_PAUSE = "time-until-pause";

    private static final long NO_LIMIT = -1;

    private final InstantSource clock;

    TorrentFields(InstantSource clock) {
        this.clock = clock;
    }

    /** Two of them are other names of Transmission's; pushed objects have both. */
    Map<String, Function<TorrentSnapshot, @Nullable Object>> readable() {
        Map<String, Function<TorrentSnapshot, @Nullable Object>> fields = new LinkedHashMap<>();
        fields.put("sequential-download", now -> now.options().get(TorrentOptions.SEQUENTIAL));
        fields.put("super-seeding", now -> now.options().get(TorrentOptions.SUPER_SEEDING));
        fields.put("metadata-percent-complete", now -> now.progress().metadata());
        fields.put(TIME_UNTIL_PAUSE, this::secondsUntilPause);
        return fields;
    }

    private long secondsUntilPause(TorrentSnapshot now) {
        Instant stop = now.turn().idleStop();
        return stop == null
                ? NO_LIMIT
                : Math.max(0, Duration.between(clock.instant(), stop).toSeconds());
    }

    /** Reads what is to be changed; {@code sequential-download} and labels are Transmission's. */
    static void set(Arguments arguments, TorrentChange change) throws RpcException {
        if (arguments.has("super_seeding")) {
            change.option(TorrentOptions.SUPER_SEEDING, Values.flag(arguments, "super-seeding"));
        }
        trigger(arguments, "force-recheck", Torrent::recheck, change);
        trigger(arguments, "force-reannounce", Torrent::reannounce, change);
    }

    private static void trigger(
            Arguments arguments,
            String name,
            Function<Torrent, CompletionStage<Void>> action,
            TorrentChange change)
            throws RpcException {
        if (arguments.has(Values.snake(name)) && Values.flag(arguments, name)) {
            change.action(torrent -> begun(action.apply(torrent)));
        }
    }

    /** Does not wait for the end of work on the disk; only a refusal is told. */
    private static CompletionStage<?> begun(CompletionStage<Void> stage) {
        return stage.toCompletableFuture().isCompletedExceptionally()
                ? stage
                : CompletableFuture.completedFuture(true);
    }
}
