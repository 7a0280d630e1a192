package org.bittern.transmission.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.LabelPolicy;
import org.bittern.api.engine.SeedLimits;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.SpeedLimits;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.RpcWriter;

/**
 * Labels with limits, which Transmission has not: {@code label-get}, {@code label-set} and {@code
 * label-remove}. Rates are written as in {@code group-set}, ends of seeding as in the session's
 * settings. Thread-safe.
 */
final class LabelMethods {
    private static final Set<String> NUMBERS = Set.of("speed_limit_down", "speed_limit_up");
    private static final Set<String> FLAGS =
            Set.of(
                    "speed_limit_down_enabled",
                    "speed_limit_up_enabled",
                    "honors_session_limits",
                    "ratio_limit_enabled",
                    "idle_seeding_limit_enabled",
                    "seed_time_limit_enabled");
    private static final Set<String> ENDS =
            Set.of("ratio_limit", "idle_seeding_limit", "seed_time_limit", "seed_limit_action");

    private final Engines engines;

    LabelMethods(Engines engines) {
        this.engines = engines;
    }

    List<RpcMethod> methods() {
        return List.of(
                Method.of("label_get", this::labels),
                Method.of("label_set", this::set),
                Method.of("label_remove", this::remove));
    }

    private RpcAnswer labels(RpcRequest request) throws RpcException {
        Optional<List<String>> named = Speeds.names(request.arguments());
        List<LabelPolicy> labels =
                engines.require().policies().labels().stream()
                        .filter(one -> named.isEmpty() || named.get().contains(one.label()))
                        .toList();
        return out -> {
            out.field("labels");
            Field.array(labels, out, one -> label(one, out));
        };
    }

    private static void label(LabelPolicy policy, RpcWriter out) throws IOException {
        SeedLimits seeding = policy.seeding();
        out.beginObject();
        out.text("name", policy.label());
        Speeds.write(policy.speed(), out);
        out.flag("ratio-limit-enabled", seeding.ratio().isPresent());
        if (seeding.ratio().isPresent()) {
            out.decimal("ratio-limit", seeding.ratio().getAsDouble());
        }
        minutes("idle-seeding-limit", seeding.idle(), out);
        minutes("seed-time-limit", seeding.time(), out);
        out.text(
                "seed-limit-action",
                String.valueOf(EngineSettings.SEED_LIMIT_ACTION.print(seeding.action())));
        out.endObject();
    }

    private static void minutes(String name, Optional<Duration> limit, RpcWriter out)
            throws IOException {
        out.flag(name + "-enabled", limit.isPresent());
        if (limit.isPresent()) {
            out.number(name, limit.get().toMinutes());
        }
    }

    private RpcAnswer set(RpcRequest request) throws RpcException {
        Arguments arguments = request.arguments();
        String name = name(arguments);
        check(arguments);
        Engine engine = engines.require();
        LabelPolicy now =
                engine.policies().labels().stream()
                        .filter(one -> one.label().equals(name))
                        .findFirst()
                        .orElse(new LabelPolicy(name, SpeedLimits.NONE, SeedLimits.NONE));
        SpeedLimits speed = Speeds.changed(now.speed(), arguments);
        try {
            SeedLimits seeding = changed(now.seeding(), arguments);
            Engines.await(engine.policies().setLabel(new LabelPolicy(name, speed, seeding)));
        } catch (EngineException e) {
            throw Engines.refusal(e);
        }
        return RpcAnswer.NONE;
    }

    private static void check(Arguments arguments) throws RpcException {
        for (String name : arguments.names()) {
            boolean right =
                    name.equals("name")
                            || (NUMBERS.contains(name) && arguments.integer(name).isPresent())
                            || (FLAGS.contains(name) && arguments.flag(name).isPresent())
                            || (ENDS.contains(name) && arguments.raw(name) != null);
            if (!right) {
                throw new RpcException(
                        RpcError.INVALID_PARAMS, "a label has no such limit: " + name);
            }
        }
    }

    private static SeedLimits changed(SeedLimits now, Arguments arguments) {
        Optional<Double> ratio =
                limit(
                        now.ratio().isPresent()
                                ? Optional.of(now.ratio().getAsDouble())
                                : Optional.empty(),
                        EngineSettings.RATIO_LIMIT,
                        arguments);
        return new SeedLimits(
                ratio.map(OptionalDouble::of).orElse(OptionalDouble.empty()),
                duration(now.idle(), EngineSettings.IDLE_SEEDING_LIMIT, arguments),
                duration(now.time(), EngineSettings.SEED_TIME_LIMIT, arguments),
                value(EngineSettings.SEED_LIMIT_ACTION, arguments).orElse(now.action()));
    }

    private static Optional<Duration> duration(
            Optional<Duration> now, Setting<Integer> key, Arguments arguments) {
        return limit(now.map(time -> Math.toIntExact(time.toMinutes())), key, arguments)
                .map(Duration::ofMinutes);
    }

    /** A limit that is given is in force, unless it is switched off in the same call. */
    private static <T> Optional<T> limit(Optional<T> now, Setting<T> key, Arguments arguments) {
        Optional<T> given = value(key, arguments);
        boolean enabled =
                arguments
                        .flag(snake(key) + "_enabled")
                        .orElse(given.isPresent() || now.isPresent());
        return enabled
                ? given.or(() -> now).or(() -> Optional.of(key.defaultValue()))
                : Optional.empty();
    }

    private static <T> Optional<T> value(Setting<T> key, Arguments arguments) {
        Object raw = arguments.raw(snake(key));
        return raw == null
                ? Optional.empty()
                : Optional.of(Settings.EMPTY.parsed(key, raw).get(key));
    }

    private static String snake(Setting<?> key) {
        return key.name().replace('-', '_');
    }

    private RpcAnswer remove(RpcRequest request) throws RpcException {
        String name = name(request.arguments());
        Engine engine = engines.require();
        if (engine.policies().labels().stream().noneMatch(one -> one.label().equals(name))) {
            throw new RpcException(RpcError.INVALID_PARAMS, "label " + name + " has no limits");
        }
        Engines.await(engine.policies().removeLabel(name));
        return RpcAnswer.NONE;
    }

    private static String name(Arguments arguments) throws RpcException {
        return Speeds.name(arguments, "No label given");
    }
}
