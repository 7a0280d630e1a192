package org.bittern.transmission.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.FieldProvider;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.TorrentChange;

/**
 * {@code torrent-set}. Everything is read, and checked for every torrent, before the first is
 * changed. Thread-safe.
 */
final class TorrentSet {
    private final Engines engines;
    private final RecentActivity recent;
    private final List<FieldProvider> providers;

    TorrentSet(Engines engines, RecentActivity recent, List<FieldProvider> providers) {
        this.engines = engines;
        this.recent = recent;
        this.providers = providers;
    }

    /** What all torrents of a call get. */
    private record Order(
            Settings options,
            Optional<List<String>> labels,
            FileChoice files,
            TrackerArguments trackers,
            OptionalLong queuePosition,
            Added added) {}

    /** What one torrent gets. */
    private record Plan(
            Torrent torrent,
            Settings options,
            Map<Integer, Priority> priorities,
            TrackerArguments trackers) {}

    RpcAnswer perform(RpcRequest request) throws RpcException {
        Arguments arguments = request.arguments();
        Added added = new Added();
        for (FieldProvider provider : providers) {
            provider.torrentSet(request, added);
        }
        Order order =
                new Order(
                        OptionArguments.of(arguments).overlaid(added.options),
                        LabelArguments.of(arguments),
                        FileChoice.of(arguments),
                        TrackerArguments.of(arguments),
                        arguments.integer("queue_position"),
                        added);
        Engine engine = engines.require();
        List<Plan> plans = new ArrayList<>();
        for (Torrent torrent : Selection.of(engine, arguments, recent).torrents()) {
            plans.add(plan(torrent, order, arguments));
        }
        for (Plan plan : plans) {
            carryOut(plan, order, engine);
        }
        return RpcAnswer.NONE;
    }

    private static Plan plan(Torrent torrent, Order order, Arguments arguments)
            throws RpcException {
        TorrentSnapshot now = torrent.snapshot();
        Settings options =
                order.options()
                        .overlaid(OptionArguments.rates(arguments, now))
                        .overlaid(
                                OptionArguments.sequentialFrom(
                                        arguments, now.progress().pieceCount()));
        Map<Integer, Priority> priorities = Map.of();
        if (!order.files().isEmpty()) {
            List<Priority> before =
                    Engines.await(torrent.files()).stream().map(FileSnapshot::priority).toList();
            priorities = order.files().apply(before);
        }
        TrackerArguments trackers =
                order.trackers().edits()
                        ? order.trackers().check(Engines.await(torrent.trackers()))
                        : order.trackers();
        return new Plan(torrent, options, priorities, trackers);
    }

    private static void carryOut(Plan plan, Order order, Engine engine) throws RpcException {
        Torrent torrent = plan.torrent();
        if (!plan.options().keys().isEmpty()) {
            Engines.settle(torrent.setOptions(plan.options()));
        }
        if (order.labels().isPresent()) {
            Engines.settle(torrent.setLabels(order.labels().get()));
        }
        if (!plan.priorities().isEmpty()) {
            Engines.settle(torrent.setFilePriorities(plan.priorities()));
        }
        if (order.queuePosition().isPresent()) {
            long position = Math.clamp(order.queuePosition().getAsLong(), 0, Integer.MAX_VALUE);
            Engines.settle(engine.queue().place(torrent, (int) position));
        }
        TrackerArguments trackers = plan.trackers();
        if (trackers.edits()) {
            Engines.settle(
                    torrent.editTrackers(
                            trackers.added(), trackers.removed(), trackers.replaced()));
        }
        if (trackers.tiers().isPresent()) {
            Engines.settle(torrent.setTrackers(trackers.tiers().get()));
        }
        for (Function<Torrent, CompletionStage<?>> action : order.added().actions) {
            Engines.settle(action.apply(torrent));
        }
    }

    /** What other bundles want. Owned by the thread of the call. */
    private static final class Added implements TorrentChange {
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
