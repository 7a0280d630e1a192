package org.bittern.tinytorrent.internal;

import java.util.List;
import java.util.Map;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProblemListener;
import org.bittern.rpc.RpcView;
import org.bittern.web.Socket;
import org.bittern.web.SocketHandler;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The WebSocket {@value #PATH}, over which the state is pushed. The door has asked for the token
 * and looked at the origin before we hear of a client; what clients send is ignored.
 */
@Component(
        service = {SocketHandler.class, ProblemListener.class},
        configurationPid = SyncConfig.PID,
        property = SocketHandler.PATH + "=" + SyncSocket.PATH)
@Designate(ocd = SyncConfig.class)
public final class SyncSocket implements SocketHandler, ProblemListener {
    static final String PATH = "/ws";

    /** Parameter of the URL: 1 for updated torrents with all fields. */
    private static final String FULL = "full";

    private final BundleContext context;
    private final Hub hub;
    private final SynchronousBundleListener ending = this::bundleChanged;

    /** Begins. */
    @Activate
    public SyncSocket(
            BundleContext context,
            SyncConfig config,
            @Reference EngineHost host,
            @Reference RpcView view) {
        this.context = context;
        hub = new Hub(view, host, SyncConfig.Limits.of(config), System::nanoTime);
        context.addBundleListener(ending);
    }

    @Deactivate
    void stop() throws InterruptedException {
        context.removeBundleListener(ending);
        hub.close();
    }

    /** The framework tells that it stops before it stops the first bundle. */
    private void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (event.getType() == BundleEvent.STOPPING
                && bundle.getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            hub.announceShutdown();
        }
    }

    @Override
    public void problem(String message) {
        hub.tell(Notice.problem(message));
    }

    @Override
    public Events opened(Socket socket, Map<String, List<String>> query) {
        boolean full = query.getOrDefault(FULL, List.of()).contains("1");
        Runnable gone = hub.connected(socket, full);
        return new Events() {
            @Override
            public void text(String message) {
                // read-only
            }

            @Override
            public void binary(byte[] message) {
                // read-only
            }

            @Override
            public void closed(int code, String reason) {
                gone.run();
            }
        };
    }
}
