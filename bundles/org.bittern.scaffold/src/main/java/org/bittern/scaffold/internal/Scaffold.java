package org.bittern.scaffold.internal;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProcessControl;
import org.bittern.control.Orchestrator;
import org.bittern.control.Routes;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.servlet.runtime.HttpServiceRuntime;
import org.osgi.service.servlet.runtime.HttpServiceRuntimeConstants;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/**
 * The servlet of the HTTP plane: carries calls to the {@link Router}, logs them, ends the process.
 */
@Component(service = Servlet.class, immediate = true, configurationPid = ScaffoldConfig.PID)
@Designate(ocd = ScaffoldConfig.class)
@HttpWhiteboardServletPattern("/*")
public final class Scaffold extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Framework properties of the launcher. */
    private static final String ARGUMENTS = "bittern.args";

    private static final String DATA = "bittern.data";
    private static final int EXIT_FAILURE = 1;
    private static final int EXIT_USAGE = 2;
    private static final int LOGGED_CHARS = 200;

    private final transient InstantSource clock = InstantSource.system();
    private final transient ObjectMapper json = new ObjectMapper();
    private final transient Body body;
    private final transient BundleContext context;
    private final transient ProcessControl process;
    private final transient Router router;
    private final transient RpcPort port;

    /** Asks for the server; it listens a moment later, engine or not. */
    @Activate
    public Scaffold(
            BundleContext context,
            ScaffoldConfig config,
            @Reference EngineHost host,
            @Reference ProcessControl process,
            @Reference ConfigurationAdmin admin) {
        this.context = context;
        this.process = process;
        router = new Router(new Orchestrator(host, Path.of(property(DATA), "downloads")));
        Limits limits = Limits.of(config);
        body = new Body(limits, clock);
        port = new RpcPort(admin, limits.idle(), Scaffold::announce);
        try {
            Limits.check(config);
            int wanted = Arguments.port(arguments(), System.getenv());
            if (!port.open(wanted)) {
                end(EXIT_FAILURE, "port " + wanted + " is in use");
            }
        } catch (IllegalArgumentException e) {
            end(EXIT_USAGE, String.valueOf(e.getMessage()));
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindRoutes(Routes routes) {
        router.add(routes);
    }

    void unbindRoutes(Routes routes) {
        router.remove(routes);
    }

    /** A server has taken this servlet into use. */
    @Override
    public void init() {
        port.serving(endpoints());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Instant begin = clock.instant();
        Reply reply = reply(request);
        byte[] bytes = json.writeValueAsBytes(reply.fields());
        response.setStatus(reply.status());
        reply.headers().forEach(response::setHeader);
        response.setContentType("application/json");
        response.setContentLength(bytes.length);
        log(begin, request, reply);
        try {
            response.getOutputStream().write(bytes);
            response.flushBuffer();
        } finally {
            body.drain(request);
            if (reply.last()) {
                router.end();
                process.exit(0);
            }
        }
    }

    private Reply reply(HttpServletRequest request) {
        Optional<String> refusal =
                LocalPolicy.refusal(
                        request.getHeader("Host"),
                        Collections.list(request.getHeaders("Origin")),
                        request.getLocalPort());
        return refusal.map(why -> Reply.failure(403, "Forbidden", why))
                .orElseGet(() ->
                        router.answer(
                                request.getMethod(),
                                request.getRequestURI(),
                                () -> body.read(request)));
    }

    /** One line a call on standard error, whatever the level of the log. Never the query. */
    private void log(Instant begin, HttpServletRequest request, Reply reply) {
        String path = request.getRequestURI();
        Object what = reply.fields().getOrDefault("code", reply.fields().getOrDefault("id", "-"));
        System.err.printf(
                "%s %s %s %d %d ms %s%n",
                begin.truncatedTo(ChronoUnit.MILLIS),
                request.getMethod(),
                path.substring(0, Math.min(path.length(), LOGGED_CHARS)),
                reply.status(),
                Duration.between(begin, clock.instant()).toMillis(),
                what);
    }

    private List<String> endpoints() {
        List<String> endpoints = new ArrayList<>();
        try {
            for (ServiceReference<HttpServiceRuntime> server :
                    context.getServiceReferences(HttpServiceRuntime.class, null)) {
                Object urls = server.getProperty(HttpServiceRuntimeConstants.HTTP_SERVICE_ENDPOINT);
                if (urls instanceof String[] several) {
                    endpoints.addAll(List.of(several));
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        return endpoints;
    }

    private List<String> arguments() {
        String joined = property(ARGUMENTS);
        return joined.isEmpty() ? List.of() : List.of(joined.split("\u001f", -1));
    }

    private String property(String name) {
        return Objects.requireNonNullElse(context.getProperty(name), "");
    }

    private static void announce(int port) {
        System.out.println("RPC_PORT=" + port);
        System.out.flush();
    }

    private void end(int code, String why) {
        System.err.println("bittern: " + why);
        process.exit(code);
    }
}
