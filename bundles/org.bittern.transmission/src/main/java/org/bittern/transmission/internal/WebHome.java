package org.bittern.transmission.internal;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bittern.web.Policy;
import org.bittern.web.WebEndpoint;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/** Any web interface for Transmission, from a folder; and the way to it. */
@Component(
        service = Servlet.class,
        configurationPid = WebHomeConfig.PID,
        property = "service.ranking:Integer=-100")
@Designate(ocd = WebHomeConfig.class)
@HttpWhiteboardServletPattern({"/", "/transmission/*"})
@WebEndpoint(policy = Policy.PAGE)
public final class WebHome extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final String BASE = "/transmission/web/";
    private static final String VARIABLE = "TRANSMISSION_WEB_HOME";
    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("html", "text/html; charset=UTF-8"),
                    Map.entry("htm", "text/html; charset=UTF-8"),
                    Map.entry("css", "text/css; charset=UTF-8"),
                    Map.entry("js", "text/javascript; charset=UTF-8"),
                    Map.entry("mjs", "text/javascript; charset=UTF-8"),
                    Map.entry("json", "application/json"),
                    Map.entry("map", "application/json"),
                    Map.entry("webmanifest", "application/manifest+json"),
                    Map.entry("txt", "text/plain; charset=UTF-8"),
                    Map.entry("svg", "image/svg+xml"),
                    Map.entry("png", "image/png"),
                    Map.entry("jpg", "image/jpeg"),
                    Map.entry("jpeg", "image/jpeg"),
                    Map.entry("gif", "image/gif"),
                    Map.entry("webp", "image/webp"),
                    Map.entry("ico", "image/vnd.microsoft.icon"),
                    Map.entry("woff", "font/woff"),
                    Map.entry("woff2", "font/woff2"),
                    Map.entry("ttf", "font/ttf"));

    private transient volatile Optional<Path> home = Optional.empty();

    /** Looks where the pages are; also when that changes, without going away for a moment. */
    @Activate
    @Modified
    void configure(WebHomeConfig config) {
        String folder =
                config.home().isEmpty()
                        ? Objects.requireNonNullElse(System.getenv(VARIABLE), "")
                        : config.home();
        home =
                folder.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Path.of(folder).toAbsolutePath().normalize());
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader("Server", "Transmission");
        // The door has refused every path that is not plain.
        String path =
                request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
        if (path.startsWith(BASE)) {
            if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
                response.setHeader("Allow", "GET");
                say(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "Method Not Allowed");
                return;
            }
            serve(path.substring(BASE.length()), request, response);
        } else if (path.isEmpty()
                || path.equals("/")
                || path.equals("/transmission")
                || path.equals("/transmission/")
                || path.equals("/transmission/web")) {
            response.setHeader("Location", BASE);
            say(response, HttpServletResponse.SC_MOVED_PERMANENTLY, "Moved Permanently");
        } else {
            say(response, HttpServletResponse.SC_NOT_FOUND, "Not Found");
        }
    }

    private void serve(String name, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Optional<Path> folder = home;
        if (folder.isEmpty()) {
            say(
                    response,
                    HttpServletResponse.SC_NOT_FOUND,
                    "There is no web interface here: name its folder in the setting rpc-web-home"
                            + " or in "
                            + VARIABLE);
            return;
        }
        Optional<Path> file = file(folder.get(), name.isEmpty() ? "index.html" : name);
        if (file.isEmpty()) {
            say(response, HttpServletResponse.SC_NOT_FOUND, "Not Found");
            return;
        }
        String last = String.valueOf(file.get().getFileName());
        String suffix = last.substring(last.lastIndexOf('.') + 1);
        response.setContentType(TYPES.getOrDefault(suffix, "application/octet-stream"));
        response.setContentLengthLong(Files.size(file.get()));
        response.setHeader("Cache-Control", "no-cache");
        if (request.getMethod().equals("GET")) {
            Files.copy(file.get(), response.getOutputStream());
        }
    }

    /** A regular file below the folder, wherever symbolic links lead. */
    static Optional<Path> file(Path home, String name) throws IOException {
        Path asked = home.resolve(name).normalize();
        if (!asked.startsWith(home) || !Files.exists(asked)) {
            return Optional.empty();
        }
        Path real = asked.toRealPath();
        if (Files.isDirectory(real)) {
            real = real.resolve("index.html");
        }
        return real.startsWith(home.toRealPath()) && Files.isRegularFile(real)
                ? Optional.of(real)
                : Optional.empty();
    }

    private static void say(HttpServletResponse response, int status, String what)
            throws IOException {
        byte[] body = ("<h1>" + status + ": " + what + "</h1>").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("text/html; charset=UTF-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
