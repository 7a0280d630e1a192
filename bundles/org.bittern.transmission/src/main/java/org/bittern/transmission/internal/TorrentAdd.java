package org.bittern.transmission.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.paths.PathDesk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code torrent-add}. Thread-safe. */
final class TorrentAdd {
    /** Largest torrent file. */
    static final int MAX_TORRENT_BYTES = 24 << 20;

    private static final Duration FILE_LIMIT = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(TorrentAdd.class);

    private final Engines engines;
    private final UrlFetcher fetcher;
    private final PathDesk paths;

    TorrentAdd(Engines engines, UrlFetcher fetcher, PathDesk paths) {
        this.engines = engines;
        this.fetcher = fetcher;
        this.paths = paths;
    }

    RpcAnswer perform(RpcRequest call) throws RpcException {
        Arguments arguments = call.arguments();
        Optional<String> filename = arguments.text("filename").filter(text -> !text.isBlank());
        Optional<String> metainfo = arguments.text("metainfo").filter(text -> !text.isBlank());
        if (filename.isEmpty() && metainfo.isEmpty()) {
            throw new RpcException(RpcError.INVALID_PARAMS, "no filename or metainfo specified");
        }
        Optional<Path> directory = Optional.empty();
        Optional<String> named = arguments.text("download_dir").filter(text -> !text.isEmpty());
        if (named.isPresent()) {
            directory =
                    Optional.of(
                            TorrentActions.absolute(
                                    named.get(), "download directory path is not absolute"));
        }
        Settings options = options(arguments);
        Optional<List<String>> labels = LabelArguments.of(arguments);
        Engine engine = engines.require();
        AddTorrent request =
                filename.isPresent()
                        ? named(filename.get(), arguments.text("cookies").orElse(""))
                        : file(decoded(metainfo.orElseThrow()), RpcError.UNRECOGNIZED);
        request =
                request.with(options)
                        .labelled(labels.orElse(List.of()))
                        .priorities(priorities(request, arguments))
                        .starting(start(arguments));
        if (directory.isPresent()) {
            request = request.into(directory.get());
        }
        Engine.Added added = Engines.await(engine.add(request));
        if (!added.duplicate()
                && engine.settings().get(EngineSettings.TRASH_ORIGINAL_TORRENT_FILES)) {
            filename.flatMap(TorrentAdd::path).ifPresent(this::trash);
        }
        return answer(added);
    }

    /**
     * The torrent is there: what becomes of the file that it came from is no failure of the call.
     */
    private void trash(Path path) {
        try {
            paths.ask(path, FILE_LIMIT, () -> deleted(path));
        } catch (RpcException e) {
            log.warn("{} was not deleted: {}", path, e.text());
        }
    }

    private static boolean deleted(Path path) throws RpcException {
        try {
            return Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new RpcException(RpcError.SYSTEM, e.toString());
        }
    }

    private static RpcAnswer answer(Engine.Added added) {
        Torrent torrent = added.torrent();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("id", torrent.number());
        told.put("name", torrent.snapshot().name());
        told.put("hashString", torrent.infoHash().hex());
        return RpcAnswer.of(
                Map.of(added.duplicate() ? "torrent-duplicate" : "torrent-added", told));
    }

    private static AddTorrent.Start start(Arguments arguments) {
        return arguments
                .flag("paused")
                .map(paused -> paused ? AddTorrent.Start.STOPPED : AddTorrent.Start.STARTED)
                .orElse(AddTorrent.Start.SETTING);
    }

    private static Settings options(Arguments arguments) throws RpcException {
        Settings all = OptionArguments.of(arguments);
        Settings options = OptionArguments.sequentialFrom(arguments, 0);
        // Only these may be given here; others are arguments of torrent-set.
        for (Setting<?> key :
                List.of(
                        TorrentOptions.BANDWIDTH_PRIORITY,
                        TorrentOptions.MAX_CONNECTIONS,
                        TorrentOptions.SEQUENTIAL)) {
            options = copied(options, all, key);
        }
        return options;
    }

    private static <T> Settings copied(Settings to, Settings from, Setting<T> key) {
        return from.has(key) ? to.with(key, from.get(key)) : to;
    }

    /** Indexes that are out of range are ignored here, and all of them while files are unknown. */
    private static Map<Integer, Priority> priorities(AddTorrent request, Arguments arguments) {
        if (!(request.source() instanceof AddTorrent.Source.File file)) {
            return Map.of();
        }
        int count = file.metainfo().files().size();
        FileChoice choice = FileChoice.of(arguments);
        FileChoice within =
                new FileChoice(
                        within(choice.unwanted(), count),
                        within(choice.wanted(), count),
                        within(choice.high(), count),
                        within(choice.low(), count),
                        within(choice.normal(), count));
        try {
            return within.apply(Stream.generate(() -> Priority.NORMAL).limit(count).toList());
        } catch (RpcException e) {
            return new HashMap<>(); // all indexes are in range by now
        }
    }

    /** A list that only names files that are not there is as good as none; an empty one is all. */
    private static Optional<List<Integer>> within(Optional<List<Integer>> listed, int count) {
        return listed.map(all -> all.stream().filter(i -> i >= 0 && i < count).toList())
                .filter(left -> !left.isEmpty() || listed.get().isEmpty());
    }

    private AddTorrent named(String name, String cookies) throws RpcException {
        if (UrlFetcher.isUrl(name)) {
            byte[] bytes = fetcher.fetch(name, cookies, MAX_TORRENT_BYTES, "torrent");
            return file(bytes, RpcError.CORRUPT_TORRENT);
        }
        if (Magnet.isMagnet(name)) {
            return magnet(name);
        }
        Optional<byte[]> bytes = read(name);
        if (bytes.isPresent()) {
            return file(bytes.get(), RpcError.CORRUPT_TORRENT);
        }
        // An info-hash alone is a magnet link too.
        return magnet("magnet:?xt=urn:btih:" + name.strip());
    }

    /** Empty when there is no such file. */
    private Optional<byte[]> read(String name) throws RpcException {
        Optional<Path> path = path(name);
        return path.isPresent()
                ? paths.ask(path.get(), FILE_LIMIT, () -> content(path.get()))
                : Optional.empty();
    }

    /** The file that a name means; empty when it means something else. */
    private static Optional<Path> path(String name) {
        if (UrlFetcher.isUrl(name) || Magnet.isMagnet(name)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(name)).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> content(Path path) throws RpcException {
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_TORRENT_BYTES + 1);
            if (bytes.length > MAX_TORRENT_BYTES) {
                throw new RpcException(RpcError.CORRUPT_TORRENT, "invalid or corrupt torrent file");
            }
            return Optional.of(bytes);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static AddTorrent magnet(String link) throws RpcException {
        try {
            return AddTorrent.link(Magnet.parse(link));
        } catch (MetainfoException e) {
            throw new RpcException(RpcError.UNRECOGNIZED, "unrecognized info");
        }
    }

    private static AddTorrent file(byte[] bytes, RpcError error) throws RpcException {
        try {
            return AddTorrent.file(Metainfo.parse(bytes), bytes);
        } catch (MetainfoException e) {
            throw new RpcException(error, error.message());
        }
    }

    /** Clients break lines, or do not pad. */
    private static byte[] decoded(String base64) throws RpcException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new RpcException(RpcError.UNRECOGNIZED, "unrecognized info");
        }
    }
}
