package org.bittern.transmission.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bittern.api.engine.Blocklist;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.UrlReader;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.ProcessControl;
import org.bittern.rpc.FieldProvider;
import org.bittern.rpc.FieldTexts;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcView;
import org.bittern.rpc.paths.PathDesk;
import org.bittern.web.Access;
import org.bittern.web.Policy;
import org.bittern.web.WebEndpoint;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/** {@code POST /transmission/rpc}; transmission-remote adds a slash. */
@Component(
        service = {Servlet.class, RpcView.class},
        configurationPid = TransmissionConfig.PID)
@Designate(ocd = TransmissionConfig.class)
@HttpWhiteboardServletPattern("/transmission/rpc/*")
@WebEndpoint(
        policy = Policy.CLASSIC,
        body_limit = RpcServlet.BODY_LIMIT,
        refusal_type = "text/html; charset=UTF-8",
        refusal_body = "<h1>{status}: {code}</h1><p>{message}</p>\n")
public final class RpcServlet extends HttpServlet implements RpcView {
    /** A torrent file of 24 MB in base64. */
    static final long BODY_LIMIT = 32L << 20;

    private static final long serialVersionUID = 1L;

    /** Framework property of the launcher. */
    private static final String DATA = "bittern.data";

    private final transient JsonFactory json = new JsonFactory();
    private final transient List<FieldProvider> providers = new CopyOnWriteArrayList<>();
    private final transient PathDesk paths = new PathDesk("bt-rpc-path");
    private final transient Methods methods;
    private final transient Dispatcher dispatcher;
    private final transient RpcView view;
    private transient volatile Protocol protocol;
    private transient volatile @Nullable Blocklist blocklist; // null while there is none
    private transient volatile @Nullable UrlReader urls; // likewise

    /** Puts the methods together. */
    @Activate
    public RpcServlet(
            BundleContext context,
            TransmissionConfig config,
            @Reference EngineHost host,
            @Reference ProcessControl process) {
        protocol = Protocol.numbered(config.rpc_version());
        Outside outside =
                new Outside(
                        new Engines(host),
                        providers,
                        () -> protocol,
                        Optional.ofNullable(context.getProperty(DATA)).map(Path::of),
                        () -> Optional.ofNullable(blocklist),
                        () -> Optional.ofNullable(urls),
                        paths,
                        InstantSource.system(),
                        () -> process.exit(0));
        methods = new Methods(() -> methods(outside));
        dispatcher = new Dispatcher(methods);
        view = new LiveView(outside);
    }

    /** A changed configuration must not take the servlet away for a moment. */
    @Modified
    void modified(TransmissionConfig config) {
        protocol = Protocol.numbered(config.rpc_version());
    }

    /** Not {@code destroy}: the whiteboard takes the servlet out and in again. */
    @Deactivate
    void close() {
        paths.close();
    }

    /** All methods of Transmission. */
    static List<RpcMethod> methods(Outside outside) {
        Engines engines = outside.engines();
        RecentActivity recent = new RecentActivity(outside.clock());
        List<RpcMethod> methods = new ArrayList<>();
        methods.addAll(new TorrentActions(engines, recent).methods());
        methods.addAll(new SessionMethods(outside).methods());
        methods.addAll(new GroupMethods(outside.engines()).methods());
        methods.addAll(new LabelMethods(outside.engines()).methods());
        methods.add(Method.of("torrent_get", new TorrentGet(outside, recent)::perform));
        methods.add(
                Method.of(
                        "torrent_set",
                        new TorrentSet(engines, recent, outside.providers())::perform));
        methods.add(
                Method.of(
                        "torrent_add",
                        new TorrentAdd(engines, new UrlFetcher(outside.urls()), outside.paths())
                                ::perform));
        methods.add(Method.of("free_space", new FreeSpace(outside.paths())::perform));
        methods.add(Method.of("session_get", new SessionGet(outside)::perform));
        methods.add(
                Method.of("session_set", new SessionSet(engines, outside.providers())::perform));
        return methods;
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindBlocklist(Blocklist service) {
        blocklist = service;
    }

    void unbindBlocklist(Blocklist service) {
        if (service.equals(blocklist)) {
            blocklist = null;
        }
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindUrls(UrlReader service) {
        urls = service;
    }

    void unbindUrls(UrlReader service) {
        if (service.equals(urls)) {
            urls = null;
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindMethod(RpcMethod method) {
        methods.add(method);
    }

    void unbindMethod(RpcMethod method) {
        methods.remove(method);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindProvider(FieldProvider provider) {
        providers.add(provider);
    }

    void unbindProvider(FieldProvider provider) {
        providers.remove(provider);
    }

    @Override
    public FieldTexts torrent(Engine engine, Torrent torrent, @Nullable FieldTexts before) {
        return view.torrent(engine, torrent, before);
    }

    @Override
    public FieldTexts session(Engine engine, @Nullable FieldTexts before) {
        return view.session(engine, before);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader("Server", "Transmission");
        String rest = request.getPathInfo();
        if (rest != null && !rest.equals("/")) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        Access access = Access.of(request);
        try {
            Optional<Dispatcher.Reply> reply = reply(request, access);
            if (reply.isEmpty()) {
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            } else {
                try {
                    send(reply.get(), request.getHeader("Accept-Encoding"), response);
                } finally {
                    reply.get().sent(); // also for a client that did not wait for it
                }
            }
        } catch (Dispatcher.TokenNeeded e) {
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
            response.setHeader("WWW-Authenticate", "Bearer realm=\"Bittern\"");
            response.setContentType("text/plain; charset=UTF-8");
            response.getWriter().println(e.getMessage());
        }
    }

    private Optional<Dispatcher.Reply> reply(HttpServletRequest request, Access access)
            throws IOException, Dispatcher.TokenNeeded {
        Object body;
        try {
            body = JsonInput.read(request.getInputStream());
        } catch (RpcException e) {
            return Optional.of(Dispatcher.failure(null, e));
        }
        return dispatcher.handle(
                body, new Dispatcher.Caller(access.hasToken(), access.sessionId()));
    }

    private void send(
            Dispatcher.Reply reply, @Nullable String accepted, HttpServletResponse response)
            throws IOException {
        response.setContentType("application/json; charset=UTF-8");
        try (ReplyStream body = new ReplyStream(response, accepted);
                JsonGenerator out = json.createGenerator(body)) {
            reply.write(out);
            body.whole();
        }
        response.flushBuffer();
    }
}
