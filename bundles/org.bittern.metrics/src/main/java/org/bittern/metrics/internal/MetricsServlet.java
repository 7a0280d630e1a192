package org.bittern.metrics.internal;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.bittern.api.host.EngineHost;
import org.bittern.web.Policy;
import org.bittern.web.WebEndpoint;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/** {@code GET /metrics}: the text format of Prometheus, version 0.0.4. */
@Component(service = Servlet.class)
@HttpWhiteboardServletPattern("/metrics")
@WebEndpoint(policy = Policy.REST)
public final class MetricsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final PrometheusTextFormatWriter WRITER = PrometheusTextFormatWriter.create();

    private final transient EngineHost host;

    /** Offers the metrics of the engine that runs at the time of a call. */
    @Activate
    public MetricsServlet(@Reference EngineHost host) {
        this.host = host;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        byte[] text = text(host);
        response.setContentType(PrometheusTextFormatWriter.CONTENT_TYPE);
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(text.length);
        response.getOutputStream().write(text);
    }

    /** All metrics as text. */
    static byte[] text(EngineHost host) throws IOException {
        Readings readings = new Readings();
        EngineReadings.read(host.engine(), readings);
        ProcessReadings.read(readings);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        WRITER.write(text, readings.all(), EscapingScheme.DEFAULT);
        return text.toByteArray();
    }
}
