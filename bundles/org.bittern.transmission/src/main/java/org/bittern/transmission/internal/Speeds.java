package org.bittern.transmission.internal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.bittern.api.engine.SpeedLimits;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcWriter;

/** Rate limits that several torrents share, in the form of {@code group-set}. No state. */
final class Speeds {
    /** Rates in bytes per second must not overflow. */
    private static final long MAX_KILOBYTES = Integer.MAX_VALUE;

    private Speeds() {}

    /** The one name that a change is about. */
    static String name(Arguments arguments, String missing) throws RpcException {
        return arguments
                .text("name")
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> new RpcException(RpcError.INVALID_PARAMS, missing));
    }

    /** The names that are asked for; empty: all. */
    static Optional<List<String>> names(Arguments arguments) {
        return arguments.text("name").map(List::of).or(() -> arguments.texts("name"));
    }

    static void write(SpeedLimits limits, RpcWriter out) throws IOException {
        out.flag("honorsSessionLimits", limits.honorsSession());
        out.number("speed-limit-down", limits.down() / TorrentFields.KILOBYTE);
        out.flag("speed-limit-down-enabled", limits.downLimited());
        out.number("speed-limit-up", limits.up() / TorrentFields.KILOBYTE);
        out.flag("speed-limit-up-enabled", limits.upLimited());
    }

    static SpeedLimits changed(SpeedLimits now, Arguments arguments) throws RpcException {
        return new SpeedLimits(
                rate(arguments.integer("speed_limit_down"), now.down()),
                arguments.flag("speed_limit_down_enabled").orElse(now.downLimited()),
                rate(arguments.integer("speed_limit_up"), now.up()),
                arguments.flag("speed_limit_up_enabled").orElse(now.upLimited()),
                arguments.flag("honors_session_limits").orElse(now.honorsSession()));
    }

    private static long rate(OptionalLong kilobytes, long now) throws RpcException {
        if (kilobytes.isEmpty()) {
            return now;
        }
        long value = kilobytes.getAsLong();
        if (value < 0 || value > MAX_KILOBYTES) {
            throw new RpcException(
                    RpcError.INVALID_PARAMS, "a limit of " + value + " kB/s is not allowed");
        }
        return value * TorrentFields.KILOBYTE;
    }
}
