package org.bittern.tinytorrent.system.internal;

import java.util.List;
import org.bittern.api.host.ProcessControl;
import org.bittern.rpc.Capabilities;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code app-shutdown}: the same end as of Transmission's {@code session-close}, once the answer is
 * on its way. Thread-safe.
 */
@Component
public final class Shutdown implements RpcMethod, Capabilities {
    private final ProcessControl process;

    @Activate
    public Shutdown(@Reference ProcessControl process) {
        this.process = process;
    }

    @Override
    public String name() {
        return "app_shutdown";
    }

    @Override
    public boolean extended() {
        return true;
    }

    @Override
    public List<String> features() {
        return List.of("app-shutdown");
    }

    @Override
    public RpcAnswer perform(RpcRequest request) {
        return RpcAnswer.NONE;
    }

    @Override
    public void answered(RpcRequest request) {
        process.exit(0);
    }
}
