package org.bittern.transmission.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.BandwidthGroup;
import org.bittern.api.engine.Blocklist;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.RpcSettings;
import org.bittern.api.engine.SpeedLimits;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.RpcWriter;

/** Methods about the session as a whole, but for its settings. Thread-safe. */
final class SessionMethods {
    /** Rates in bytes per second must not overflow. */
    private static final long MAX_KILOBYTES = Integer.MAX_VALUE;

    private static final int UPDATE_SECONDS = 120;
    private static final int PORT_ANSWER_BYTES = 1024;

    private final Outside outside;

    SessionMethods(Outside outside) {
        this.outside = outside;
    }

    List<RpcMethod> methods() {
        return List.of(
                new Method("session_close", call -> RpcAnswer.NONE, outside.exit()),
                Method.of("session_stats", new SessionStats(outside.engines())::perform),
                Method.of("blocklist_update", this::updateBlocklist),
                Method.of("port_test", this::testPort),
                Method.of("group_get", this::groups),
                Method.of("group_set", this::setGroup));
    }

    private RpcAnswer updateBlocklist(RpcRequest request) throws RpcException {
        Blocklist blocklist =
                outside.blocklist()
                        .get()
                        .orElseThrow(() ->
                                new RpcException(RpcError.SYSTEM, "there is no block list here"));
        try {
            Blocklist.Update update =
                    blocklist.update().toCompletableFuture().get(UPDATE_SECONDS, TimeUnit.SECONDS);
            if (update.problem().isPresent()) {
                throw new RpcException(RpcError.HTTP, update.problem().get());
            }
            return RpcAnswer.of(Map.of("blocklist-size", update.rules()));
        } catch (ExecutionException | TimeoutException e) {
            throw new RpcException(RpcError.HTTP, "Couldn't fetch blocklist: no answer (0)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RpcException(RpcError.INTERNAL, "engine unavailable");
        }
    }

    private RpcAnswer testPort(RpcRequest request) throws RpcException {
        Optional<String> protocol = request.arguments().text("ip_protocol");
        if (protocol.isPresent() && !protocol.get().matches("ipv[46]")) {
            throw new RpcException(RpcError.INVALID_PARAMS, "must be one of \"ipv4\" or \"ipv6\"");
        }
        Engine engine = outside.engines().require();
        String url = engine.settings().get(RpcSettings.PORT_TEST_URL);
        if (url.isEmpty()) {
            throw new RpcException(RpcError.HTTP, "Couldn't test port: nobody to ask (0)");
        }
        byte[] told =
                new UrlFetcher(outside.urls())
                        .fetch(url + engine.status().listenPort(), "", PORT_ANSWER_BYTES, "port");
        boolean open = new String(told, StandardCharsets.UTF_8).strip().equals("1");
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("port-is-open", open);
        protocol.ifPresent(name -> answer.put("ip_protocol", name));
        return RpcAnswer.of(answer);
    }

    private RpcAnswer groups(RpcRequest request) throws RpcException {
        Arguments arguments = request.arguments();
        Optional<List<String>> named =
                arguments.text("name").map(List::of).or(() -> arguments.texts("name"));
        List<BandwidthGroup> groups =
                outside.engines().require().policies().groups().stream()
                        .filter(group -> named.isEmpty() || named.get().contains(group.name()))
                        .toList();
        return out -> {
            out.field("group");
            Field.array(groups, out, group -> group(group, out));
        };
    }

    private static void group(BandwidthGroup group, RpcWriter out) throws IOException {
        SpeedLimits limits = group.limits();
        out.beginObject();
        out.flag("honorsSessionLimits", limits.honorsSession());
        out.text("name", group.name());
        out.number("speed-limit-down", limits.down() / TorrentFields.KILOBYTE);
        out.flag("speed-limit-down-enabled", limits.downLimited());
        out.number("speed-limit-up", limits.up() / TorrentFields.KILOBYTE);
        out.flag("speed-limit-up-enabled", limits.upLimited());
        out.endObject();
    }

    private RpcAnswer setGroup(RpcRequest request) throws RpcException {
        Arguments arguments = request.arguments();
        String name =
                arguments
                        .text("name")
                        .filter(text -> !text.isBlank())
                        .orElseThrow(() ->
                                new RpcException(RpcError.INVALID_PARAMS, "No group name given"));
        Engine engine = outside.engines().require();
        SpeedLimits now =
                engine.policies().groups().stream()
                        .filter(group -> group.name().equals(name))
                        .map(BandwidthGroup::limits)
                        .findFirst()
                        .orElse(SpeedLimits.NONE);
        SpeedLimits next =
                new SpeedLimits(
                        rate(arguments.integer("speed_limit_down"), now.down()),
                        arguments.flag("speed_limit_down_enabled").orElse(now.downLimited()),
                        rate(arguments.integer("speed_limit_up"), now.up()),
                        arguments.flag("speed_limit_up_enabled").orElse(now.upLimited()),
                        arguments.flag("honors_session_limits").orElse(now.honorsSession()));
        try {
            Engines.await(engine.policies().setGroup(new BandwidthGroup(name, next)));
        } catch (EngineException e) {
            throw Engines.refusal(e);
        }
        return RpcAnswer.NONE;
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
