package org.bittern.tinytorrent.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bittern.api.engine.RpcSettings;
import org.bittern.api.host.EngineHost;
import org.bittern.rpc.Capabilities;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * {@code tt-get-capabilities}: what a client may rely on. Asks every {@link Capabilities} that is
 * there, so the list is never older than the question. Works without an engine. Thread-safe.
 */
@Component(service = RpcMethod.class)
public final class CapabilityProbe implements RpcMethod {
    /** The specification that we follow. */
    static final String PROTOCOL = "TinyTorrent 1.0.0";

    /** Oldest protocol of Transmission whose clients we understand. */
    private static final int RPC_VERSION_MINIMUM = 14;

    private final EngineHost host;
    private final String version;
    private final List<Capabilities> announced = new CopyOnWriteArrayList<>();

    @Activate
    public CapabilityProbe(BundleContext context, @Reference EngineHost host) {
        this(host, numbers(context.getBundle().getVersion()));
    }

    CapabilityProbe(EngineHost host, String version) {
        this.host = host;
        this.version = version;
    }

    private static String numbers(Version version) {
        return version.getMajor() + "." + version.getMinor() + "." + version.getMicro();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindCapabilities(Capabilities capabilities) {
        announced.add(capabilities);
    }

    void unbindCapabilities(Capabilities capabilities) {
        announced.remove(capabilities);
    }

    @Override
    public String name() {
        return "tt_get_capabilities";
    }

    @Override
    public boolean extended() {
        return true;
    }

    @Override
    public RpcAnswer perform(RpcRequest request) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("server-version", PROTOCOL + " (Bittern " + version + ")");
        told.put("server-class", "tinytorrent");
        told.put("version", version);
        told.put("rpc-version", rpcVersion());
        told.put("rpc-version-min", RPC_VERSION_MINIMUM);
        told.put("websocket-endpoint", SyncSocket.PATH);
        told.put("websocket-path", SyncSocket.PATH);
        told.put("platform", Platform.named(System.getProperty("os.name", "unknown")));
        told.put("features", features());
        return RpcAnswer.of(told);
    }

    /** The same as {@code session-get} says. */
    private int rpcVersion() {
        return host.engine()
                .map(engine -> engine.settings().get(RpcSettings.VERSION))
                .orElse(RpcSettings.VERSION.defaultValue());
    }

    private List<String> features() {
        List<String> features = new ArrayList<>();
        for (Capabilities each : announced) {
            features.addAll(each.features());
        }
        return features.stream().distinct().sorted().toList();
    }
}
