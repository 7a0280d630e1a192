package org.bittern.control;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bittern.api.engine.AddTorrent;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;

/** Makes requests to add a torrent from what a command names. */
public final class TorrentSource {
    /** Largest torrent file, in bytes; the limit of the bencode reader. */
    static final int MAX_TORRENT_BYTES = 10_000_000;

    private static final Pattern BLANKS_AND_PADDING = Pattern.compile("[\\s=]+");

    private TorrentSource() {}

    /** From a file on this machine. */
    public static AddTorrent file(String path) {
        Path file = EngineConfig.path(path);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_TORRENT_BYTES + 1);
            return bytes(bytes);
        } catch (IOException e) {
            throw ControlException.invalid("cannot read " + file);
        }
    }

    /** From the bytes of a torrent file. */
    public static AddTorrent bytes(byte[] bytes) {
        if (bytes.length > MAX_TORRENT_BYTES) {
            throw ControlException.invalid(
                    "torrent file is larger than " + MAX_TORRENT_BYTES + " bytes");
        }
        try {
            return AddTorrent.file(Metainfo.parse(bytes), bytes);
        } catch (MetainfoException e) {
            throw ControlException.invalid("not a torrent: " + e.getMessage());
        }
    }

    /**
     * From the base64 of a torrent file; line breaks, missing padding and the URL alphabet are
     * tolerated.
     */
    public static AddTorrent base64(String text) {
        String plain =
                BLANKS_AND_PADDING.matcher(text).replaceAll("").replace('-', '+').replace('_', '/');
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(plain);
        } catch (IllegalArgumentException e) {
            throw ControlException.invalid("'data' is not base64");
        }
        return bytes(decoded);
    }

    /** From a magnet link. */
    public static AddTorrent magnet(String uri) {
        try {
            return AddTorrent.link(Magnet.parse(uri));
        } catch (MetainfoException e) {
            throw ControlException.invalid("bad magnet link: " + e.getMessage());
        }
    }

    /** Adds the options that commands share. */
    public static AddTorrent with(AddTorrent request, Params params) {
        Optional<Path> directory = params.optionalText("save_path").map(TorrentSource::directory);
        if (directory.isPresent()) {
            request = request.into(directory.get());
        }
        if (params.flag("paused").orElse(false)) {
            request = request.starting(AddTorrent.Start.PAUSED);
        }
        return request.priorities(TorrentChanges.filePriorities(params).orElse(Map.of()))
                .with(TorrentChanges.options(params));
    }

    /** Absolute, or relative to the download directory of the session. */
    public static Path directory(String text) {
        Path directory;
        try {
            directory = Path.of(text).normalize();
        } catch (InvalidPathException e) {
            throw ControlException.invalid("not a path: " + e.getReason());
        }
        if (directory.startsWith("..")) {
            throw ControlException.invalid(
                    "a relative directory must lie below the download directory");
        }
        return directory;
    }
}
