package org.bittern.transmission.internal;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentOptions.LimitMode;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;

/** Arguments of {@code torrent-set} and {@code torrent-add} that are options of a torrent. */
final class OptionArguments {
    /** Lets next to nothing through: in the engine 0 means that there is no limit. */
    private static final long STANDSTILL = 1;

    private OptionArguments() {}

    /** Reads them all; nothing is changed. */
    static Settings of(Arguments arguments) throws RpcException {
        Settings options = Settings.EMPTY;
        OptionalLong priority = arguments.integer("bandwidth_priority");
        if (priority.isPresent() && Math.abs(priority.getAsLong()) <= 1) {
            options = options.with(TorrentOptions.BANDWIDTH_PRIORITY, (int) priority.getAsLong());
        }
        options = text(options, TorrentOptions.GROUP, arguments.text("group"));
        options = number(options, TorrentOptions.MAX_CONNECTIONS, arguments.integer("peer_limit"));
        Optional<Boolean> honors = arguments.flag("honors_session_limits");
        if (honors.isPresent()) {
            options = options.with(TorrentOptions.HONORS_SESSION_LIMITS, honors.get());
        }
        Optional<Boolean> sequential = arguments.flag("sequential_download");
        if (sequential.isPresent()) {
            options = options.with(TorrentOptions.SEQUENTIAL, sequential.get());
        }
        options =
                number(
                        options,
                        TorrentOptions.SEED_IDLE_LIMIT,
                        arguments.integer("seed_idle_limit"));
        options = mode(options, TorrentOptions.SEED_IDLE_MODE, arguments.integer("seed_idle_mode"));
        OptionalDouble ratio = arguments.decimal("seed_ratio_limit");
        if (ratio.isPresent()) {
            options = parsed(options, TorrentOptions.SEED_RATIO_LIMIT, ratio.getAsDouble());
        }
        return mode(options, TorrentOptions.SEED_RATIO_MODE, arguments.integer("seed_ratio_mode"));
    }

    /**
     * Rate limits of a torrent, which depend on what it has: a value alone must not begin to act,
     * and a switch alone needs a value.
     */
    static Settings rates(Arguments arguments, TorrentSnapshot now) throws RpcException {
        Settings options =
                rate(
                        Settings.EMPTY,
                        new Limit(TorrentOptions.DOWNLOAD_LIMIT, TorrentOptions.DOWNLOAD_LIMITED),
                        arguments.integer("download_limit"),
                        arguments.flag("download_limited"),
                        now);
        return rate(
                options,
                new Limit(TorrentOptions.UPLOAD_LIMIT, TorrentOptions.UPLOAD_LIMITED),
                arguments.integer("upload_limit"),
                arguments.flag("upload_limited"),
                now);
    }

    /**
     * Where sequential download begins.
     *
     * @param pieceCount 0 without metadata: then any piece may be named
     */
    static Settings sequentialFrom(Arguments arguments, int pieceCount) throws RpcException {
        OptionalLong piece = arguments.integer("sequential_download_from_piece");
        if (piece.isEmpty()) {
            return Settings.EMPTY;
        }
        long number = piece.getAsLong();
        if (number < 0 || number > Integer.MAX_VALUE || (pieceCount > 0 && number >= pieceCount)) {
            throw new RpcException(RpcError.PIECE_INDEX, "piece index out of range");
        }
        return Settings.EMPTY.with(TorrentOptions.SEQUENTIAL_FROM, (int) number);
    }

    private record Limit(Setting<Long> value, Setting<Boolean> holds) {}

    private static Settings rate(
            Settings options,
            Limit limit,
            OptionalLong value,
            Optional<Boolean> holds,
            TorrentSnapshot now)
            throws RpcException {
        if (value.isEmpty() && holds.isEmpty()) {
            return options;
        }
        long before = now.options().get(limit.value());
        Settings changed = options;
        if (value.isPresent()) {
            changed = parsed(changed, limit.value(), value.getAsLong());
            if (value.getAsLong() == 0) {
                changed = changed.with(limit.value(), STANDSTILL);
            }
        } else if (before == 0) {
            changed = changed.with(limit.value(), TorrentFields.DEFAULT_LIMIT);
        }
        boolean held = before > 0 && now.options().get(limit.holds());
        return changed.with(limit.holds(), holds.orElse(held));
    }

    private static Settings text(Settings options, Setting<String> key, Optional<String> value)
            throws RpcException {
        return value.isPresent() ? parsed(options, key, value.get()) : options;
    }

    private static Settings number(Settings options, Setting<Integer> key, OptionalLong value)
            throws RpcException {
        return value.isPresent() ? parsed(options, key, value.getAsLong()) : options;
    }

    private static Settings mode(Settings options, Setting<LimitMode> key, OptionalLong value) {
        List<LimitMode> modes = List.of(LimitMode.values());
        boolean known =
                value.isPresent() && value.getAsLong() >= 0 && value.getAsLong() < modes.size();
        return known ? options.with(key, modes.get((int) value.getAsLong())) : options;
    }

    /** Checks a value against the bounds of its setting. */
    static Settings parsed(Settings options, Setting<?> key, Object value) throws RpcException {
        try {
            return options.parsed(key, value);
        } catch (EngineException e) {
            throw Engines.refusal(e);
        }
    }
}
