package org.bittern.engine.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.bittern.api.engine.BandwidthGroup;
import org.bittern.api.engine.LabelPolicy;
import org.bittern.api.engine.SeedAction;
import org.bittern.api.engine.SeedLimits;
import org.bittern.api.engine.SpeedLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Groups and labels with limits as trees of {@code state.json}. No state. */
final class PolicyForm {
    private static final Logger log = LoggerFactory.getLogger(PolicyForm.class);

    private PolicyForm() {}

    static List<Object> ofGroups(Collection<BandwidthGroup> groups) {
        List<Object> all = new ArrayList<>();
        for (BandwidthGroup group : groups) {
            Map<String, Object> one = speed(group.limits());
            one.put("name", group.name());
            all.add(one);
        }
        return all;
    }

    static List<Object> ofLabels(Collection<LabelPolicy> policies) {
        List<Object> all = new ArrayList<>();
        for (LabelPolicy policy : policies) {
            Map<String, Object> one = speed(policy.speed());
            SeedLimits seeding = policy.seeding();
            one.put("name", policy.label());
            seeding.ratio().ifPresent(ratio -> one.put("ratio", ratio));
            seeding.idle().ifPresent(idle -> one.put("idle-seconds", idle.toSeconds()));
            seeding.time().ifPresent(time -> one.put("time-seconds", time.toSeconds()));
            one.put("action", seeding.action().name().toLowerCase(Locale.ROOT));
            all.add(one);
        }
        return all;
    }

    private static Map<String, Object> speed(SpeedLimits limits) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("down", limits.down());
        tree.put("down-limited", limits.downLimited());
        tree.put("up", limits.up());
        tree.put("up-limited", limits.upLimited());
        tree.put("honors-session", limits.honorsSession());
        return tree;
    }

    static List<BandwidthGroup> groups(Optional<Object> stored) {
        return read(stored, tree -> new BandwidthGroup(name(tree), speed(tree)));
    }

    static List<LabelPolicy> labels(Optional<Object> stored) {
        return read(
                stored,
                tree ->
                        new LabelPolicy(
                                name(tree),
                                speed(tree),
                                new SeedLimits(
                                        tree.get("ratio") instanceof Number ratio
                                                ? OptionalDouble.of(ratio.doubleValue())
                                                : OptionalDouble.empty(),
                                        seconds(tree, "idle-seconds"),
                                        seconds(tree, "time-seconds"),
                                        action(tree))));
    }

    /** What cannot be read is left out and logged: it is no reason not to start. */
    private static <T> List<T> read(Optional<Object> stored, Function<Map<?, ?>, T> reader) {
        List<T> all = new ArrayList<>();
        if (stored.isPresent() && stored.get() instanceof List<?> list) {
            for (Object element : list) {
                try {
                    if (element instanceof Map<?, ?> tree && all.size() < PolicyBook.MOST) {
                        all.add(reader.apply(tree));
                    }
                } catch (RuntimeException e) {
                    log.warn("state.json: a group or label is left out: {}", e.getMessage());
                }
            }
        }
        return all;
    }

    private static String name(Map<?, ?> tree) {
        return tree.get("name") instanceof String name ? name : "";
    }

    private static SpeedLimits speed(Map<?, ?> tree) {
        return new SpeedLimits(
                number(tree, "down"),
                Boolean.TRUE.equals(tree.get("down-limited")),
                number(tree, "up"),
                Boolean.TRUE.equals(tree.get("up-limited")),
                !Boolean.FALSE.equals(tree.get("honors-session")));
    }

    private static long number(Map<?, ?> tree, String key) {
        return tree.get(key) instanceof Number number ? number.longValue() : 0;
    }

    private static Optional<Duration> seconds(Map<?, ?> tree, String key) {
        return tree.get(key) instanceof Number number
                ? Optional.of(Duration.ofSeconds(number.longValue()))
                : Optional.empty();
    }

    private static SeedAction action(Map<?, ?> tree) {
        for (SeedAction action : SeedAction.values()) {
            if (action.name().equalsIgnoreCase(String.valueOf(tree.get("action")))) {
                return action;
            }
        }
        return SeedAction.STOP;
    }
}
