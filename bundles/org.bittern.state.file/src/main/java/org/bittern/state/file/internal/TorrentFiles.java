package org.bittern.state.file.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.MetainfoLimits;
import org.bittern.spi.state.SessionState.StoredTorrent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Torrents and their resume data: {@code torrents/<id>.torrent} or {@code torrents/<id>.magnet},
 * and {@code resume/<id>.resume}; the id is the hex form of the info-hash. Owned by {@link
 * FileSession}, under its lock.
 */
final class TorrentFiles {
    private static final String TORRENT = ".torrent";
    private static final String MAGNET = ".magnet";
    private static final String RESUME = ".resume";

    /** Any generation of a torrent or a link. */
    private static final Pattern SOURCE_NAME =
            Pattern.compile(
                    "([0-9a-f]{40}|[0-9a-f]{64})\\.(?:torrent|magnet)(?:"
                            + Pattern.quote(Generations.PREVIOUS)
                            + ")?");

    private static final byte[] MAGNET_SCHEME = "magnet:".getBytes(StandardCharsets.US_ASCII);

    private static final Logger log = LoggerFactory.getLogger(TorrentFiles.class);

    private final FileOps ops;
    private final Generations files;
    private final Path torrents;
    private final Path resumes;

    /** Makes the two directories in the session's. */
    TorrentFiles(FileOps ops, Generations files, Path session) throws IOException {
        this.ops = ops;
        this.files = files;
        torrents = session.resolve("torrents");
        resumes = session.resolve("resume");
        for (Path directory : List.of(torrents, resumes)) {
            ops.makeDirectories(directory);
            files.sweep(directory);
        }
    }

    List<StoredTorrent> all() throws IOException {
        SequencedSet<String> ids = new LinkedHashSet<>(); // listed in order
        for (String name : ops.list(torrents)) {
            Matcher matcher = SOURCE_NAME.matcher(name);
            if (matcher.matches()) {
                ids.add(matcher.group(1));
            }
        }
        // Reading ten thousand of them is work for all cores; their order stays.
        return ids.parallelStream().flatMap(id -> readable(id).stream()).toList();
    }

    private Optional<StoredTorrent> readable(String id) {
        try {
            return one(id);
        } catch (IOException e) {
            log.warn("{} is left out: {}", id, e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<StoredTorrent> one(String id) throws IOException {
        Optional<Source> source =
                files.read(source(id, TORRENT), format(id, TorrentFiles::torrentHash));
        if (source.isEmpty()) {
            source = files.read(source(id, MAGNET), format(id, TorrentFiles::magnetHash));
        }
        return source.map(found -> new StoredTorrent(found.infoHash, found.bytes, resume(id)));
    }

    private Optional<byte[]> resume(String id) {
        try {
            return files.read(resumes.resolve(id + RESUME), Format.BENCODE);
        } catch (IOException e) {
            log.warn("{} has to be checked again: {}", id, e.getMessage());
            return Optional.empty();
        }
    }

    void save(InfoHash infoHash, byte[] source) throws IOException {
        String id = infoHash.hex();
        if (isMagnet(source)) {
            files.write(source(id, MAGNET), source, format(id, TorrentFiles::magnetHash));
        } else {
            files.write(source(id, TORRENT), source, format(id, TorrentFiles::torrentHash));
            if (ops.exists(source(id, MAGNET))) { // its metadata has come (BEP 9)
                files.remove(source(id, MAGNET));
            }
        }
    }

    void saveResume(InfoHash infoHash, byte[] resume) throws IOException {
        files.write(resumes.resolve(infoHash.hex() + RESUME), resume, Format.BENCODE);
    }

    /**
     * Resume data goes first and for good: if it outlived the torrent, it would claim pieces for
     * whoever adds the torrent again.
     */
    void remove(InfoHash infoHash) throws IOException {
        String id = infoHash.hex();
        files.remove(resumes.resolve(id + RESUME));
        files.remove(source(id, MAGNET));
        files.remove(source(id, TORRENT));
    }

    private Path source(String id, String suffix) {
        return torrents.resolve(id + suffix);
    }

    private static boolean isMagnet(byte[] source) {
        if (source.length < MAGNET_SCHEME.length) {
            return false;
        }
        String head = new String(source, 0, MAGNET_SCHEME.length, StandardCharsets.US_ASCII);
        return head.equalsIgnoreCase("magnet:");
    }

    /** What a torrent or a link turned out to be. */
    private record Source(InfoHash infoHash, byte[] bytes) {}

    /** Reads the info-hash out of a torrent or a link. */
    private interface HashReader {
        InfoHash infoHash(byte[] source) throws MetainfoException;
    }

    private static Format<Source> format(String id, HashReader reader) {
        return Format.of(
                "torrent",
                MetainfoLimits.STORED.maxBytes(),
                bytes -> {
                    try {
                        return new Source(named(id, reader.infoHash(bytes)), bytes);
                    } catch (MetainfoException e) {
                        throw new IOException(e.getMessage(), e);
                    }
                });
    }

    private static InfoHash torrentHash(byte[] source) throws MetainfoException {
        return Metainfo.parseStored(source).infoHash();
    }

    private static InfoHash magnetHash(byte[] source) throws MetainfoException {
        return Magnet.parse(new String(source, StandardCharsets.UTF_8)).infoHash();
    }

    /**
     * The info-hash under which the torrent is known. A v2 link may turn out to lead to a hybrid
     * torrent, whose own id would be the v1 hash: the name that it was stored under counts.
     */
    private static InfoHash named(String id, InfoHash content) throws MetainfoException {
        if (content.hex().equals(id)) {
            return content;
        }
        InfoHash name = InfoHash.parse(id);
        if (!content.sameTorrent(name)) {
            throw new MetainfoException("contains torrent " + content);
        }
        return name;
    }
}
