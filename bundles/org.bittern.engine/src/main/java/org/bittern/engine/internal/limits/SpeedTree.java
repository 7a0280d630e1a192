package org.bittern.engine.internal.limits;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.SpeedLimits;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.spi.net.LoopGroup;
import org.bittern.spi.net.RateBucket;
import org.bittern.spi.net.RateLimit;
import org.jspecify.annotations.Nullable;

/**
 * The rate limits that torrents share: of the session, of groups and labels. Thread-safe.
 *
 * <p>The buckets know nothing of each other; a {@link LimitChain} per torrent and direction joins
 * those that hold for it. So a torrent changes its group while its links move bytes.
 */
public final class SpeedTree {
    private final LoopGroup loops;
    private final Pair session;
    private final Map<String, Node> nodes = new ConcurrentHashMap<>();
    private volatile boolean down;
    private volatile boolean up;

    /** Both directions. */
    private record Pair(SharedLimit down, SharedLimit up) {}

    /** A group or a label. */
    private record Node(Pair buckets, SpeedLimits limits) {}

    public SpeedTree(LoopGroup loops) {
        this.loops = loops;
        session = pair();
    }

    private Pair pair() {
        return new Pair(shared(), shared());
    }

    private SharedLimit shared() {
        return new SharedLimit(bucket(0), loops.loops().getFirst()::nanoTime);
    }

    /** A bucket for one torrent. */
    public RateBucket bucket(long bytesPerSecond) {
        return loops.bucket(bytesPerSecond, RateLimit.NONE);
    }

    /**
     * Puts the settings in force.
     *
     * @return whether other limits hold than before, so that chains must be made anew
     */
    public boolean apply(Settings settings) {
        boolean alt = settings.get(EngineSettings.ALT_SPEED_ENABLED);
        boolean downBefore = down;
        boolean upBefore = up;
        down = alt || settings.get(EngineSettings.SPEED_LIMIT_DOWN_ENABLED);
        up = alt || settings.get(EngineSettings.SPEED_LIMIT_UP_ENABLED);
        Setting<Long> downLimit =
                alt ? EngineSettings.ALT_SPEED_DOWN : EngineSettings.SPEED_LIMIT_DOWN;
        Setting<Long> upLimit = alt ? EngineSettings.ALT_SPEED_UP : EngineSettings.SPEED_LIMIT_UP;
        session.down.rate(rate(down, settings.get(downLimit)));
        session.up.rate(rate(up, settings.get(upLimit)));
        return down != downBefore || up != upBefore;
    }

    /** A rate of 0 would be no limit: 1 byte a second is as good as nothing. */
    private static long rate(boolean limited, long bytesPerSecond) {
        return limited ? Math.max(1, bytesPerSecond) : 0;
    }

    /** Makes or changes the limits of a group or label. */
    public void set(String node, SpeedLimits limits) {
        nodes.compute(
                node,
                (name, before) -> {
                    Pair buckets = before == null ? pair() : before.buckets;
                    buckets.down.rate(rate(limits.downLimited(), limits.down()));
                    buckets.up.rate(rate(limits.upLimited(), limits.up()));
                    return new Node(buckets, limits);
                });
    }

    public void remove(String node) {
        nodes.remove(node);
    }

    /**
     * What limits the downloads of a torrent, besides itself.
     *
     * @param node its group or label; empty: none
     */
    public List<RateLimit> downLimits(String node, Settings options) {
        List<RateLimit> limits = new ArrayList<>(2);
        int weight = weight(options);
        Node shared = nodes.get(node);
        if (shared != null && shared.limits.downLimited()) {
            limits.add(shared.buckets.down.portion(weight));
        }
        if (down && honors(shared, options)) {
            limits.add(session.down.portion(weight));
        }
        return limits;
    }

    /**
     * The least of the rates that limit the downloads of a torrent, besides its own.
     *
     * @param node its group or label; empty: none
     * @return bytes per second of all that share it, {@code Long.MAX_VALUE} without a limit
     */
    public long downRate(String node, Settings options) {
        Node shared = nodes.get(node);
        long most =
                shared != null && shared.limits.downLimited()
                        ? shared.buckets.down.rate()
                        : Long.MAX_VALUE;
        return down && honors(shared, options) ? Math.min(most, session.down.rate()) : most;
    }

    /** As {@link #downLimits}, for uploads. */
    public List<RateLimit> upLimits(String node, Settings options) {
        List<RateLimit> limits = new ArrayList<>(2);
        int weight = weight(options);
        Node shared = nodes.get(node);
        if (shared != null && shared.limits.upLimited()) {
            limits.add(shared.buckets.up.portion(weight));
        }
        if (up && honors(shared, options)) {
            limits.add(session.up.portion(weight));
        }
        return limits;
    }

    private static boolean honors(@Nullable Node shared, Settings options) {
        return options.get(TorrentOptions.HONORS_SESSION_LIMITS)
                && (shared == null || shared.limits.honorsSession());
    }

    private static int weight(Settings options) {
        return switch (options.get(TorrentOptions.BANDWIDTH_PRIORITY)) {
            case -1 -> 1;
            case 1 -> TorrentOptions.PRIORITY_FACTOR * TorrentOptions.PRIORITY_FACTOR;
            default -> TorrentOptions.PRIORITY_FACTOR;
        };
    }

    /** Whether an address is of the local network or of this machine. */
    public static boolean isLocal(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || (address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc);
    }
}
