package org.bittern.remote.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bittern.terminal.CommandFailure;

/**
 * Where the daemon is, and what opens its door.
 *
 * @param rpc where its RPC is, without user name and password
 * @param authorization value of the header of that name; empty: none
 * @param local found by its {@code connection.json}: it runs on this machine, paths mean the same
 */
record DaemonPlace(URI rpc, Optional<String> authorization, boolean local) {
    /** Exit code: there is no daemon. */
    static final int EXIT_NO_DAEMON = 3;

    static final String URL_VARIABLE = "BITTERN_URL";
    static final String TOKEN_VARIABLE = "BITTERN_TOKEN";
    static final String LOGIN_VARIABLE = "BITTERN_AUTH";

    private static final String RPC_PATH = "/transmission/rpc";
    private static final int MAX_CONNECTION_BYTES = 65_536;
    private static final int MAX_PORT = 65_535;

    /**
     * Finds it: the URL that was given, the one of the environment, else the file that a daemon
     * leaves in its data directory.
     *
     * @param url empty: none was given
     */
    static DaemonPlace find(String url, Remote remote) {
        Map<String, String> environment = remote.environment();
        String named = url.isEmpty() ? environment.getOrDefault(URL_VARIABLE, "") : url;
        return named.isEmpty()
                ? inDirectory(remote.data(), environment)
                : atUrl(named, environment);
    }

    private static DaemonPlace atUrl(String text, Map<String, String> environment) {
        URI uri;
        try {
            uri = new URI(text.contains("://") ? text : "http://" + text);
        } catch (URISyntaxException e) {
            // The message of the exception would repeat the text, and a password in it.
            throw new CommandFailure("the URL of the daemon is none: " + e.getReason(), e);
        }
        String scheme = Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
        if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            throw new CommandFailure(
                    "the URL of the daemon looks like http://host:9091, with a path if it is not "
                            + RPC_PATH);
        }
        String path = Objects.requireNonNullElse(uri.getRawPath(), "");
        URI rpc = uri.resolve(path.isEmpty() || path.equals("/") ? RPC_PATH : path);
        try {
            rpc = new URI(scheme, null, uri.getHost(), uri.getPort(), rpc.getPath(), null, null);
        } catch (URISyntaxException e) {
            throw new CommandFailure("the URL of the daemon is none: " + e.getReason(), e);
        }
        Optional<String> login =
                Optional.ofNullable(uri.getRawUserInfo())
                        .map(user ->
                                URLDecoder.decode(
                                        user.replace("+", "%2B"), StandardCharsets.UTF_8));
        return new DaemonPlace(rpc, authorization(login, Optional.empty(), environment), false);
    }

    private static DaemonPlace inDirectory(Path data, Map<String, String> environment) {
        JsonNode connection = connection(data.resolve("connection.json"), data);
        int port = connection.path("port").asInt();
        long pid = connection.path("pid").asLong();
        if (port <= 0 || port > MAX_PORT) {
            throw new CommandFailure(
                    data.resolve("connection.json") + " names no port", null, EXIT_NO_DAEMON);
        }
        // Whoever listens there now is somebody else, and must not be told the token.
        if (!ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
            throw new CommandFailure(
                    "the daemon of " + data + " has ended without saying so (process " + pid + ")",
                    null,
                    EXIT_NO_DAEMON);
        }
        Optional<String> token =
                Optional.ofNullable(connection.path("token").textValue())
                        .filter(text -> !text.isEmpty());
        return new DaemonPlace(
                URI.create("http://127.0.0.1:" + port + RPC_PATH),
                authorization(Optional.empty(), token, environment),
                true);
    }

    private static JsonNode connection(Path file, Path data) {
        try (InputStream in = Files.newInputStream(file)) {
            return new ObjectMapper().readTree(in.readNBytes(MAX_CONNECTION_BYTES));
        } catch (NoSuchFileException e) {
            throw new CommandFailure(
                    "no daemon runs on "
                            + data
                            + "; --data names another directory, --url a daemon elsewhere",
                    e,
                    EXIT_NO_DAEMON);
        } catch (JsonProcessingException e) {
            throw new CommandFailure(file + " is not JSON", e, EXIT_NO_DAEMON);
        } catch (IOException e) {
            throw new CommandFailure(
                    file + " cannot be read; it is for the user who runs the daemon",
                    e,
                    EXIT_NO_DAEMON);
        }
    }

    /** What was said for this call counts before what lies in the environment. */
    private static Optional<String> authorization(
            Optional<String> login, Optional<String> token, Map<String, String> environment) {
        if (login.isPresent()) {
            return login.map(DaemonPlace::basic);
        }
        return Optional.ofNullable(environment.get(TOKEN_VARIABLE))
                .filter(text -> !text.isEmpty())
                .or(() -> token)
                .map(text -> "Bearer " + text)
                .or(() ->
                        Optional.ofNullable(environment.get(LOGIN_VARIABLE))
                                .filter(text -> !text.isEmpty())
                                .map(DaemonPlace::basic));
    }

    private static String basic(String login) {
        return "Basic "
                + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }
}
