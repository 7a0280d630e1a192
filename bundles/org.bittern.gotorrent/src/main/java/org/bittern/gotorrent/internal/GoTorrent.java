package org.bittern.gotorrent.internal;

import jakarta.servlet.Servlet;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Stream;
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
    private final Feeds feeds;
    private final ServiceRegistration<Servlet> registration;

    /** Fails when the base path is none. */
    @Activate
    public GoTorrent(BundleContext context, GoTorrentConfig config, @Reference EngineHost host) {
        String base = config.base_path();
        if (!base.matches("(/[A-Za-z0-9._~-]+)*")) {
            throw new IllegalArgumentException(
                    "base.path \"" + base + "\", allowed are empty or such as /a/b");
        }
        Calls calls = new Calls(host, InstantSource.system());
        Routes routes = new Routes(calls);
        feeds = new Feeds(host, calls);
        String[] patterns =
                Stream.concat(routes.paths().stream(), Stream.of(Feeds.PATH))
                        .map(base::concat)
                        .toArray(String[]::new);
        registration =
                context.registerService(
                        Servlet.class,
                        new RestServlet(routes, feeds, base),
                        FrameworkUtil.asDictionary(
                                Map.of(
                                        HttpWhiteboardConstants.HTTP_WHITEBOARD_SERVLET_PATTERN,
                                        patterns,
                                        WebEndpoint.BODY_LIMIT,
                                        RestServlet.MOST_BODY_BYTES,
                                        WebEndpoint.POLICY,
                                        Policy.REST.name())));
    }

    @Deactivate
    void close() {
        feeds.close(); // before the server waits for their requests
        registration.unregister();
    }
}
