package org.bittern.stream.internal;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.bittern.api.stream.FileCatalog;
import org.bittern.web.ClientConnection;
import org.bittern.web.Policy;
import org.bittern.web.Tickets;
import org.bittern.web.WebEndpoint;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/** The servlet of the streaming endpoint: hands requests to {@link Endpoint}. */
@Component(service = Servlet.class, configurationPid = "org.bittern.stream")
@Designate(ocd = StreamConfig.class)
@HttpWhiteboardServletPattern({"/stream/*", "/playlist/*", "/playlist.m3u8", "/playlist.m3u"})
@WebEndpoint(policy = Policy.STREAM)
public final class StreamServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** A player that is paused takes nothing for long; those that stay away longer reconnect. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final transient Streams streams = new Streams();
    private final transient Catalogs catalogs = new Catalogs(streams::withdrawn);
    private final transient Endpoint endpoint;

    @Activate
    public StreamServlet(StreamConfig config) {
        endpoint = new Endpoint(catalogs, streams, System::nanoTime);
        endpoint.configure(config);
    }

    /** Comes with the door; before, nothing is reachable. */
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindTickets(Tickets tickets) {
        endpoint.tickets(tickets);
    }

    /** The next ones replace these: what they made opens nothing any more. */
    void unbindTickets(Tickets tickets) {}

    @Modified
    void modified(StreamConfig config) {
        endpoint.configure(config);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindCatalog(FileCatalog catalog) {
        catalogs.add(catalog);
    }

    void unbindCatalog(FileCatalog catalog) {
        catalogs.remove(catalog);
    }

    @Deactivate
    void stop() {
        streams.close();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try (ClientConnection connection = ClientConnection.of(request)) {
            connection.patience(PATIENCE);
            endpoint.answer(request, response, new ServletExchange(request, response, connection));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
