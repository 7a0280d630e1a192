package org.bittern.gotorrent.internal;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.host.EngineHost;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;

/**
 * What each call does; knows no servlets. Thread-safe; blocks the (virtual) thread of the call
 * until it is done.
 */
final class Calls {
    private static final int ANSWER_SECONDS = 60;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int UNPROCESSABLE = 422;

    private final EngineHost host;
    private final InstantSource clock;

    /** Made for the first who needs it: it takes a part of a start. */
    private static final class Json {
        static final ObjectMapper MAPPER =
                new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

        private Json() {}
    }

    Calls(EngineHost host, InstantSource clock) {
        this.host = host;
        this.clock = clock;
    }

    // ---- looking

    Answer allData(Params params) {
        List<SessionView> views = views(host.require().torrents(), extended(params));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time", clock.instant().toString());
        fields.put("sessions", views.stream().map(SessionView::fields).toList());
        return new Answer.Json(fields);
    }

    /**
     * Torrents as this interface shows them; one that is being removed at the moment is left out.
     */
    List<SessionView> views(List<Torrent> torrents, boolean extended) {
        List<CompletableFuture<Optional<SessionView>>> asked = new ArrayList<>(torrents.size());
        for (Torrent torrent : torrents) {
            asked.add(
                    view(torrent, extended)
                            .thenApply(Optional::of)
                            .exceptionally(gone -> Optional.empty()));
        }
        List<SessionView> views = new ArrayList<>(torrents.size());
        asked.forEach(view -> answer(view).ifPresent(views::add));
        return views;
    }

    Answer torrentData(Params params) {
        boolean extended = extended(params);
        return new Answer.Json(answer(view(torrent(params), extended)).fields());
    }

    /** Whether right spellings are wanted beside the wrong ones. */
    static boolean extended(Params params) {
        return params.text("compat").filter("extended"::equals).isPresent();
    }

    private static CompletableFuture<SessionView> view(Torrent torrent, boolean extended) {
        return torrent.view()
                .thenApply(seen -> new SessionView(seen, extended))
                .toCompletableFuture();
    }

    // ---- adding

    Answer addTorrentFile(Params params, byte[] body) {
        Path directory = directory(params.required("path"));
        boolean start = params.flag("start", true);
        Settings options = options(params);
        Metainfo metainfo;
        try {
            metainfo = Metainfo.parse(body);
        } catch (MetainfoException e) {
            throw new CallException(BAD_REQUEST, "no valid torrent: " + e.getMessage());
        }
        AddTorrent request =
                AddTorrent.file(metainfo, body)
                        .starting(start ? AddTorrent.Start.STARTED : AddTorrent.Start.STOPPED);
        if (host.require().torrent(metainfo.infoHash()).isPresent()) {
            throw present();
        }
        return add(request, directory, options);
    }

    private static Settings options(Params params) {
        Settings options =
                Settings.EMPTY
                        .with(TorrentOptions.DOWNLOAD_LIMIT, params.limit("maxdown").orElse(0))
                        .with(TorrentOptions.UPLOAD_LIMIT, params.limit("maxup").orElse(0));
        return params.text("sequential").isEmpty()
                ? options
                : options.with(TorrentOptions.SEQUENTIAL, params.flag("sequential", false));
    }

    Answer addMagnet(Params params, byte[] body) {
        JsonNode fields;
        try {
            fields = Json.MAPPER.readTree(body);
        } catch (IOException e) { // it is in memory: also what is no text is no JSON
            throw new CallException(BAD_REQUEST, "the body is not JSON");
        }
        if (fields == null || !fields.isObject()) {
            throw new CallException(BAD_REQUEST, "the body is not a JSON object");
        }
        String url = text(fields, "url");
        Path directory = directory(text(fields, "targetdir"));
        Settings options =
                Settings.EMPTY
                        .with(TorrentOptions.DOWNLOAD_LIMIT, limit(fields, "maxdown"))
                        .with(TorrentOptions.UPLOAD_LIMIT, limit(fields, "maxup"));
        if (fields.hasNonNull("sequential")) {
            options = options.with(TorrentOptions.SEQUENTIAL, flag(fields, "sequential"));
        }
        Magnet magnet;
        try {
            magnet = Magnet.parse(url);
        } catch (MetainfoException e) {
            throw new CallException(BAD_REQUEST, "no valid magnet link: " + e.getMessage());
        }
        if (host.require().torrent(magnet.infoHash()).isPresent()) {
            throw present();
        }
        return add(AddTorrent.link(magnet), directory, options);
    }

    private static String text(JsonNode fields, String name) {
        JsonNode value = fields.path(name);
        if (!value.isTextual() || value.asText().isBlank()) {
            throw Params.wrong(name, "is missing or no text");
        }
        return value.asText();
    }

    private static boolean flag(JsonNode fields, String name) {
        JsonNode value = fields.path(name);
        if (!value.isBoolean()) {
            throw Params.wrong(name, "is neither true nor false");
        }
        return value.asBoolean();
    }

    private static long limit(JsonNode fields, String name) {
        JsonNode value = fields.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.isNumber()) {
            throw Params.wrong(name, "is not a number");
        }
        return Params.bytes(name, value.asDouble());
    }

    private Path directory(String text) {
        try {
            Path base = Path.of(host.require().settings().get(EngineSettings.DOWNLOAD_DIR));
            return base.toAbsolutePath().resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw new CallException(UNPROCESSABLE, "no usable path: " + e.getReason());
        }
    }

    private Answer add(AddTorrent request, Path directory, Settings options) {
        if (answer(host.require().add(request.into(directory).with(options))).duplicate()) {
            throw present();
        }
        return new Answer.Done();
    }

    private static CallException present() {
        return new CallException(CONFLICT, "the torrent is already there");
    }

    // ---- changing

    Answer start(Params params) {
        answer(torrent(params).start());
        return new Answer.Done();
    }

    Answer stop(Params params) {
        answer(torrent(params).stop());
        return new Answer.Done();
    }

    Answer recheck(Params params) {
        answer(torrent(params).recheck());
        return new Answer.Done();
    }

    Answer remove(Params params) {
        boolean delete = params.flag("delete", false);
        answer(host.require().remove(torrent(params), delete));
        return new Answer.Done();
    }

    Answer setDownRate(Params params) {
        return option(params, TorrentOptions.DOWNLOAD_LIMIT);
    }

    Answer setUpRate(Params params) {
        return option(params, TorrentOptions.UPLOAD_LIMIT);
    }

    private Answer option(Params params, Setting<Long> option) {
        params.infohash(); // in the order of the description: infohash, then rate
        Settings change = Settings.EMPTY.with(option, params.requiredLimit("rate"));
        answer(torrent(params).setOptions(change));
        return new Answer.Done();
    }

    Answer setGlobalDownRate(Params params) {
        long rate = params.requiredLimit("rate");
        answer(
                host.require()
                        .apply(
                                Settings.EMPTY
                                        .with(EngineSettings.SPEED_LIMIT_DOWN, rate)
                                        .with(EngineSettings.SPEED_LIMIT_DOWN_ENABLED, rate > 0)));
        return new Answer.Done();
    }

    Answer setGlobalUpRate(Params params) {
        long rate = params.requiredLimit("rate");
        answer(
                host.require()
                        .apply(
                                Settings.EMPTY
                                        .with(EngineSettings.SPEED_LIMIT_UP, rate)
                                        .with(EngineSettings.SPEED_LIMIT_UP_ENABLED, rate > 0)));
        return new Answer.Done();
    }

    // ---- common

    /** By its v1 hash, or by the begin of its v2 hash. */
    private Torrent torrent(Params params) {
        String hash = params.infohash();
        Engine engine = host.require();
        return engine.torrent(hash)
                .or(() ->
                        engine.torrents().stream()
                                .filter(torrent ->
                                        torrent.infoHash()
                                                .truncatedV2()
                                                .filter(v2 -> Hex.of(v2).equals(hash))
                                                .isPresent())
                                .findFirst())
                .orElseThrow(() -> new CallException(NOT_FOUND, "no torrent " + hash));
    }

    private static <T> T answer(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof EngineException refusal) {
                throw refusal;
            }
            if (e.getCause() instanceof TimeoutException) {
                throw new EngineException(EngineException.Code.BUSY, "the engine does not answer");
            }
            throw e;
        }
    }
}
