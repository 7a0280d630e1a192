package org.bittern.gotorrent.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Carries calls to the {@link Routes}. */
final class RestServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Of a torrent file: those of large torrents have some MiB; the door refuses more. */
    static final long MOST_BODY_BYTES = 32L << 20;

    /** Shorter answers gain nothing from compression. */
    private static final int LEAST_GZIP_BYTES = 1024;

    private static final String TEXT = "text/plain; charset=utf-8";

    private final transient Routes routes;
    private final transient Feeds feeds;
    private final String base;

    /** Made for the first who needs it: it takes a part of a start. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper();

        private Json() {}
    }

    RestServlet(Routes routes, Feeds feeds, String base) {
        this.routes = routes;
        this.feeds = feeds;
        this.base = base;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String path = request.getRequestURI().substring(base.length());
        Routes.Route route = routes.find(path);
        if (path.equals(Feeds.PATH) && Routes.LOOK.contains(request.getMethod())) {
            feed(request, response);
        } else if (path.equals(Feeds.PATH)) {
            refuse(request, response, Routes.LOOK);
        } else if (route == null) {
            send(request, response, new Answer.Failure(404, "there is no such path"));
        } else if (!route.methods().contains(request.getMethod())) {
            refuse(request, response, route.methods());
        } else {
            call(request, response, route);
        }
    }

    private void call(HttpServletRequest request, HttpServletResponse response, Routes.Route route)
            throws IOException {
        byte[] body;
        try {
            body = request.getInputStream().readAllBytes();
        } catch (IOException e) {
            // Without a length, so that it has not left yet: the door answers if it cut it off.
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            response.setContentType(TEXT);
            response.getOutputStream().write("the body cannot be read\n".getBytes(UTF_8));
            return;
        }
        send(request, response, Routes.run(route, request.getQueryString(), body));
    }

    private void feed(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<Answer.Failure> obstacle = feeds.obstacle();
        if (obstacle.isPresent()) {
            send(request, response, obstacle.get());
            return;
        }
        boolean extended;
        try {
            extended = Calls.extended(Params.parse(request.getQueryString()));
        } catch (CallException e) {
            send(request, response, e.answer());
            return;
        }
        response.setHeader("Cache-Control", "no-store");
        feeds.serve(request, response, extended);
    }

    private void refuse(
            HttpServletRequest request, HttpServletResponse response, List<String> methods)
            throws IOException {
        String allowed = String.join(", ", methods);
        response.setHeader("Allow", allowed);
        send(request, response, new Answer.Failure(405, "allowed here: " + allowed));
    }

    private void send(HttpServletRequest request, HttpServletResponse response, Answer answer)
            throws IOException {
        response.setHeader("Cache-Control", "no-store");
        switch (answer) {
            case Answer.Done ignored -> response.setContentLength(0);
            case Answer.Failure failure -> {
                response.setStatus(failure.status());
                response.setContentType(TEXT);
                String line = failure.message().replaceAll("\\R", " ") + "\n";
                write(request, response, line.getBytes(UTF_8));
            }
            case Answer.Json object -> {
                response.setContentType("application/json");
                byte[] bytes = Json.MAPPER.writeValueAsBytes(object.fields());
                response.setHeader("Vary", "Accept-Encoding");
                if (bytes.length >= LEAST_GZIP_BYTES && takesGzip(request)) {
                    response.setHeader("Content-Encoding", "gzip");
                    bytes = gzip(bytes);
                }
                write(request, response, bytes);
            }
        }
    }

    private static void write(
            HttpServletRequest request, HttpServletResponse response, byte[] bytes)
            throws IOException {
        response.setContentLength(bytes.length);
        if (!request.getMethod().equals("HEAD")) {
            response.getOutputStream().write(bytes);
        }
    }

    private static boolean takesGzip(HttpServletRequest request) {
        return Collections.list(request.getHeaders("Accept-Encoding")).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(value -> value.strip().toLowerCase(Locale.ROOT))
                .anyMatch(value -> value.equals("gzip") || value.matches("gzip;q=(1|0\\.[1-9]).*"));
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }
}
