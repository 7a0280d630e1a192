package org.bittern.cli.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.bittern.api.engine.AddTorrent;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.terminal.CommandFailure;

/** Turns what a user names into something to add: a torrent file, a magnet link or a URL of one. */
final class Source {
    /** Largest torrent file, in bytes. */
    static final int MAX_TORRENT_BYTES = 10_000_000;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final int HTTP_OK = 200;

    private Source() {}

    /**
     * Reads it.
     *
     * @throws CommandFailure one line that names it and says why not
     */
    static AddTorrent of(String text) {
        if (Magnet.isMagnet(text)) {
            return AddTorrent.link(magnet(text));
        }
        byte[] bytes = isUrl(text) ? fetch(text) : file(text);
        return AddTorrent.file(metainfo(text, bytes), bytes);
    }

    static Magnet magnet(String text) {
        try {
            return Magnet.parse(text);
        } catch (MetainfoException e) {
            throw new CommandFailure("bad magnet link: " + e.getMessage(), e);
        }
    }

    static Metainfo metainfo(String name, byte[] bytes) {
        try {
            return Metainfo.parse(bytes);
        } catch (MetainfoException e) {
            throw new CommandFailure(name + " is not a torrent: " + e.getMessage(), e);
        }
    }

    static byte[] file(String text) {
        try (InputStream in = Files.newInputStream(Path.of(text))) {
            return limited(text, in);
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new CommandFailure(text + ": no such file", e);
        } catch (IOException e) {
            throw new CommandFailure(text + ": cannot be read", e);
        }
    }

    private static boolean isUrl(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.startsWith("http://") || lower.startsWith("https://");
    }

    private static byte[] fetch(String url) {
        try (HttpClient client =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url)).timeout(ANSWER_TIMEOUT).build();
            HttpResponse<InputStream> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                if (answer.statusCode() != HTTP_OK) {
                    throw new CommandFailure(url + ": the server says " + answer.statusCode());
                }
                return limited(url, body);
            }
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(url + ": not a URL", e);
        } catch (IOException e) {
            throw new CommandFailure(url + ": cannot be fetched", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(url + ": interrupted", e);
        }
    }

    private static byte[] limited(String name, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MAX_TORRENT_BYTES + 1);
        if (bytes.length > MAX_TORRENT_BYTES) {
            throw new CommandFailure(
                    name + ": more than " + MAX_TORRENT_BYTES + " bytes, too large for a torrent");
        }
        return bytes;
    }
}
