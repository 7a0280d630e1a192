package @bundle@.internal;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.bittern.api.engine.Engine;
import org.bittern.api.host.EngineHost;
import org.bittern.web.Policy;
import org.bittern.web.WebEndpoint;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/** {@code GET /@path@}: how many torrents there are, as a line of text. */
@Component(service = Servlet.class)
@HttpWhiteboardServletPattern("/@path@")
@WebEndpoint(policy = Policy.REST)
public final class @Class@Servlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient EngineHost host;

    /** Speaks of the engine that runs at the time of a call. */
    @Activate
    public @Class@Servlet(@Reference EngineHost host) {
        this.host = host;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Optional<Engine> engine = host.engine();
        response.setStatus(
                engine.isPresent()
                        ? HttpServletResponse.SC_OK
                        : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("text/plain; charset=UTF-8");
        response.getWriter().println(text(engine));
    }

    static String text(Optional<Engine> engine) {
        return engine.map(running -> running.snapshots().size() + " torrents")
                .orElse("no engine is running");
    }
}
