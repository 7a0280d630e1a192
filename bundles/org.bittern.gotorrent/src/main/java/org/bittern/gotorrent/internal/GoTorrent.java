package org.bittern.gotorrent.internal;

import jakarta.servlet.Servlet;
import java.time.InstantSource;
import java.util.Map;
import org.bittern.api.host.EngineHost;
import org.bittern.web.Policy;
import org.bittern.web.WebEndpoint;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.servlet.whiteboard.HttpWhiteboardConstants;

/** Registers the servlet of this interface under its base path. */
@Component(
        service = {},
        configurationPid = "org.bittern.gotorrent",
        immediate = true)
@Designate(ocd = GoTorrentConfig.class)
public final class GoTorrent {
    private final ServiceRegistration<Servlet> registration;

    /** Fails when the base path is none. */
    @Activate
    public GoTorrent(BundleContext context, GoTorrentConfig config, @Reference EngineHost host) {
        String base = config.base_path();
        if (!base.matches("(/[A-Za-z0-9._~-]+)*")) {
            throw new IllegalArgumentException(
                    "base.path \"" + base + "\", allowed are empty or such as /a/b");
        }
        Routes routes = new Routes(new Calls(host, InstantSource.system()));
        String[] patterns = routes.paths().stream().map(base::concat).toArray(String[]::new);
        registration =
                context.registerService(
                        Servlet.class,
                        new RestServlet(routes, base),
                        FrameworkUtil.asDictionary(
                                Map.of(
                                        HttpWhiteboardConstants.HTTP_WHITEBOARD_SERVLET_PATTERN,
                                        patterns,
                                        WebEndpoint.POLICY,
                                        Policy.REST.name())));
    }

    @Deactivate
    void close() {
        registration.unregister();
    }
}
