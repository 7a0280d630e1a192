package org.bittern.cli.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.FileReason;
import org.bittern.api.engine.UrlReader;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.terminal.CommandFailure;

/** Turns what a user names into something to add: a torrent file, a magnet link or a URL of one. */
final class Source {
    /** Largest torrent file, in bytes. */
    static final int MAX_TORRENT_BYTES = 10_000_000;

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    private Source() {}

    /**
     * Reads what is here.
     *
     * @return empty when it is a URL, see {@link #fetched}
     * @throws CommandFailure one line that names it and says why not
     */
    static Optional<AddTorrent> here(String text) {
        if (Magnet.isMagnet(text)) {
            return Optional.of(AddTorrent.link(magnet(text)));
        }
        if (isUrl(text)) {
            return Optional.empty();
        }
        byte[] bytes = file(text);
        return Optional.of(AddTorrent.file(metainfo(text, bytes), bytes));
    }

    /**
     * Fetches what a URL names. The engine runs by then, so that nothing goes around its settings.
     *
     * @throws CommandFailure one line that names it and says why not
     */
    static AddTorrent fetched(String url, UrlReader reader) {
        try {
            byte[] bytes = reader.read(url, "", MAX_TORRENT_BYTES, ANSWER_TIMEOUT);
            return AddTorrent.file(metainfo(url, bytes), bytes);
        } catch (UrlReader.Refused e) {
            throw new CommandFailure(url + ": the server says " + e.status(), e);
        } catch (IOException e) {
            throw new CommandFailure(url + ": cannot be fetched: " + e.getMessage(), e);
        }
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
            throw new CommandFailure(text + ": " + absence(text), e);
        } catch (IOException e) {
            throw new CommandFailure(text + ": cannot be read: " + FileReason.of(e), e);
        }
    }

    private static String absence(String text) {
        if (isUrl(text)) {
            return "a file or a magnet link is needed, no URL";
        }
        return text.contains("://") ? "only http and https URLs are fetched" : "no such file";
    }

    private static boolean isUrl(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.startsWith("http://") || lower.startsWith("https://");
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
