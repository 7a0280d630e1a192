package org.bittern.transmission.internal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.bittern.api.engine.BandwidthGroup;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.SpeedLimits;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.RpcWriter;

/**
 * Bandwidth groups: Transmission's two methods, and {@code group-remove}, which it has not.
 * Thread-safe.
 */
final class GroupMethods {
    private final Engines engines;

    GroupMethods(Engines engines) {
        this.engines = engines;
    }

    List<RpcMethod> methods() {
        return List.of(
                Method.of("group_get", this::groups),
                Method.of("group_set", this::set),
                Method.of("group_remove", this::remove));
    }

    private RpcAnswer groups(RpcRequest request) throws RpcException {
        Optional<List<String>> named = Speeds.names(request.arguments());
        List<BandwidthGroup> groups =
                engines.require().policies().groups().stream()
                        .filter(group -> named.isEmpty() || named.get().contains(group.name()))
                        .toList();
        return out -> {
            out.field("group");
            Field.array(groups, out, group -> group(group, out));
        };
    }

    private static void group(BandwidthGroup group, RpcWriter out) throws IOException {
        out.beginObject();
        out.text("name", group.name());
        Speeds.write(group.limits(), out);
        out.endObject();
    }

    private RpcAnswer set(RpcRequest request) throws RpcException {
        String name = name(request.arguments());
        Engine engine = engines.require();
        SpeedLimits now =
                engine.policies().groups().stream()
                        .filter(group -> group.name().equals(name))
                        .map(BandwidthGroup::limits)
                        .findFirst()
                        .orElse(SpeedLimits.NONE);
        SpeedLimits next = Speeds.changed(now, request.arguments());
        Engines.await(engine.policies().setGroup(new BandwidthGroup(name, next)));
        return RpcAnswer.NONE;
    }

    private RpcAnswer remove(RpcRequest request) throws RpcException {
        String name = name(request.arguments());
        Engine engine = engines.require();
        if (engine.policies().groups().stream().noneMatch(group -> group.name().equals(name))) {
            throw new RpcException(RpcError.INVALID_PARAMS, "there is no group " + name);
        }
        Engines.await(engine.policies().removeGroup(name));
        return RpcAnswer.NONE;
    }

    private static String name(Arguments arguments) throws RpcException {
        return Speeds.name(arguments, "No group name given");
    }
}
