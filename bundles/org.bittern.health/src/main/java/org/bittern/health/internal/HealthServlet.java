package org.bittern.health.internal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.apache.felix.hc.api.execution.HealthCheckExecutionResult;
import org.apache.felix.hc.api.execution.HealthCheckExecutor;
import org.apache.felix.hc.api.execution.HealthCheckSelector;
import org.bittern.web.Policy;
import org.bittern.web.WebEndpoint;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/**
 * {@code GET /health}: what all checks with a tag say, ours and those of other bundles, as JSON;
 * 200 while the process is of use, 503 otherwise. Felix has a servlet for this, but not behind our
 * door.
 */
@Component(service = Servlet.class)
@HttpWhiteboardServletPattern("/health")
@WebEndpoint(policy = Policy.REST)
public final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Without a tag the executor would take only the checks tagged "default". */
    private static final HealthCheckSelector ALL_TAGS = HealthCheckSelector.tags("*");

    private final transient HealthCheckExecutor executor;

    /** Made for the first who needs it: it takes a part of a start. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper();

        private Json() {}
    }

    /** Runs checks with the executor, which keeps each result for a short while. */
    @Activate
    public HealthServlet(@Reference HealthCheckExecutor executor) {
        this.executor = executor;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        List<HealthCheckExecutionResult> results = executor.execute(ALL_TAGS);
        Result.Status worst = Result.Status.OK;
        ArrayNode checks = Json.MAPPER.createArrayNode();
        for (HealthCheckExecutionResult check : results) {
            Result result = check.getHealthCheckResult();
            worst = worse(worst, result.getStatus());
            checks.add(described(check.getHealthCheckMetadata().getTitle(), result));
        }
        ObjectNode answer = Json.MAPPER.createObjectNode().put("status", worst.name());
        answer.set("checks", checks);
        byte[] body = Json.MAPPER.writeValueAsBytes(answer);
        response.setStatus(
                isOfUse(worst)
                        ? HttpServletResponse.SC_OK
                        : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static ObjectNode described(String title, Result result) {
        ObjectNode check =
                Json.MAPPER
                        .createObjectNode()
                        .put("name", title)
                        .put("status", result.getStatus().name());
        ArrayNode messages = check.putArray("messages");
        for (ResultLog.Entry entry : result) {
            if (!entry.isDebug()) {
                messages.add(entry.getMessage());
            }
        }
        return check;
    }

    private static Result.Status worse(Result.Status one, Result.Status other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** A warning is for people; a supervisor need do nothing. */
    static boolean isOfUse(Result.Status status) {
        return status == Result.Status.OK || status == Result.Status.WARN;
    }
}
