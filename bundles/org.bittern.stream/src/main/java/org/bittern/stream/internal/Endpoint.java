package org.bittern.stream.internal;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bittern.api.files.PathThreads;
import org.bittern.api.stream.BufferStatus;
import org.bittern.api.stream.NotReadyException;
import org.bittern.api.stream.StreamFile;
import org.bittern.web.Tickets;
import org.jspecify.annotations.Nullable;

/**
 * All paths of the streaming endpoint and what they answer. Thread-safe; blocks the (virtual)
 * thread of the request.
 */
final class Endpoint {
    private static final int STATUS_SECONDS = 5;
    private static final int MOST_WAIT_SECONDS = 86_400;
    static final String STREAM = "/stream";
    private static final String PLAYLIST = "/playlist";
    private static final String VTT = "vtt";

    private final Catalogs catalogs;
    private final Streams streams;
    private final LongSupplier nanos;
    private final PathThreads threads = new PathThreads("stream-read");
    private volatile Limits limits =
            new Limits(65_536, 1 << 20, Duration.ofSeconds(20), Duration.ofSeconds(120));
    private volatile Duration ticketLife = Duration.ofDays(1);
    private volatile @Nullable Tickets tickets; // null before the door is there

    /** Made for the first who needs it: it takes a part of a start. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper();

        private Json() {}
    }

    Endpoint(Catalogs catalogs, Streams streams, LongSupplier nanos) {
        this.catalogs = catalogs;
        this.streams = streams;
        this.nanos = nanos;
    }

    void tickets(Tickets mint) {
        tickets = mint;
    }

    /**
     * Puts a configuration in force.
     *
     * @throws IllegalArgumentException naming what is out of range; then nothing changes
     */
    void configure(StreamConfig config) {
        within("commit.after.seconds", config.commit_after_seconds(), 0, 55);
        within("max.wait.seconds", config.max_wait_seconds(), 1, MOST_WAIT_SECONDS);
        within("ticket.hours", config.ticket_hours(), 1, 168);
        limits =
                new Limits(
                        config.window_first_bytes(),
                        config.window_bytes(),
                        Duration.ofSeconds(config.commit_after_seconds()),
                        Duration.ofSeconds(config.max_wait_seconds()));
        ticketLife = Duration.ofHours(config.ticket_hours());
    }

    private static void within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s is %d, allowed are %d to %d".formatted(name, value, least, most));
        }
    }

    void answer(HttpServletRequest request, HttpServletResponse response, Exchange exchange)
            throws IOException, InterruptedException {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        String[] parts = path.substring(1).split("/", -1);
        Call call = new Call(request, response, exchange, nanos.getAsLong());
        try {
            answer(call, path, parts);
        } catch (NotReadyException e) {
            call.unavailable(String.valueOf(e.getMessage()));
        }
    }

    private void answer(Call call, String path, String[] parts)
            throws IOException, InterruptedException {
        if (path.startsWith(PLAYLIST)) {
            playlist(call, path);
        } else if (path.equals(STREAM) || path.equals(STREAM + "/")) {
            call.only(List.of("GET", "HEAD"), () -> list(call));
        } else if (parts.length == 2) {
            call.only(List.of("GET", "HEAD"), () -> file(call, parts[1]));
        } else if (parts.length == 3 && parts[2].equals("status")) {
            call.only(List.of("GET", "HEAD"), () -> status(call, parts[1]));
        } else if (parts.length == 3 && parts[2].equals(VTT)) {
            call.only(List.of("GET", "HEAD"), () -> subtitles(call, parts[1]));
        } else if (parts.length == 3 && parts[2].equals("ticket")) {
            call.only(List.of("POST"), () -> ticket(call, parts[1]));
        } else {
            call.fail(404, "there is no such path");
        }
    }

    // ---- files

    private void file(Call call, String fileId) throws IOException, InterruptedException {
        Optional<Limits> patience = patience(call);
        Optional<Catalogs.Entry> found;
        try {
            found = awaited(call, fileId, patience);
        } catch (Ending gone) {
            call.exchange().abort();
            return;
        }
        if (found.isEmpty()) {
            call.fail(404, "there is no such file");
            return;
        }
        if (call.isStranger()) {
            call.demand();
            return;
        }
        if (patience.isEmpty()) {
            call.fail(400, "wait is in seconds, 1 to " + MOST_WAIT_SECONDS);
            return;
        }
        boolean download = "1".equals(call.request().getParameter("download"));
        Exchange exchange = call.exchange();
        deliver(
                call,
                found.get(),
                exchange,
                patience.get(),
                delivery -> new FileAnswer(exchange, found.get().file(), download).give(delivery));
    }

    /** The file, which those who may have its contents can wait for. */
    private Optional<Catalogs.Entry> awaited(Call call, String fileId, Optional<Limits> patience)
            throws Ending, InterruptedException {
        try {
            return catalogs.find(fileId);
        } catch (NotReadyException e) {
            if (!e.coming()
                    || call.isStranger()
                    || call.exchange().isHead()
                    || patience.isEmpty()) {
                throw e;
            }
        }
        return new Waiting(catalogs, call.exchange(), nanos)
                .find(fileId, patience.get().longestWait());
    }

    /** The limits with the wait that a client wishes; empty when that is none. */
    private Optional<Limits> patience(Call call) {
        String wait = call.request().getParameter("wait");
        if (wait == null) {
            return Optional.of(limits);
        }
        if (!wait.matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        int seconds = Integer.parseInt(wait);
        return seconds < 1 || seconds > MOST_WAIT_SECONDS
                ? Optional.empty()
                : Optional.of(limits.waiting(Duration.ofSeconds(seconds)));
    }

    /** Does something with a delivery. */
    @FunctionalInterface
    private interface Use {
        void of(Delivery delivery) throws IOException, InterruptedException;
    }

    private void deliver(
            Call call, Catalogs.Entry entry, Exchange exchange, Limits patience, Use use)
            throws IOException, InterruptedException {
        try (Delivery delivery =
                new Delivery(
                        exchange, new Source(entry, threads), patience, nanos, call.beganNanos())) {
            if (!streams.begin(delivery)) {
                call.unavailable("too many streams");
                return;
            }
            try {
                use.of(delivery);
            } finally {
                streams.end(delivery);
            }
        }
    }

    private void subtitles(Call call, String fileId) throws IOException, InterruptedException {
        Optional<Catalogs.Entry> found = catalogs.find(fileId);
        if (found.isEmpty() || !MediaTypes.ending(found.get().file().name()).equals("srt")) {
            call.fail(404, "there are no such subtitles");
            return;
        }
        if (call.isStranger()) {
            call.demand();
            return;
        }
        StreamFile file = found.get().file();
        if (file.lengthBytes() > Subtitles.MOST_BYTES) {
            call.fail(413, "subtitles of more than " + Subtitles.MOST_BYTES + " bytes");
            return;
        }
        if (call.exchange().isHead()) {
            call.head(Subtitles.VTT); // it never waits, so nobody knows how long they will be
            return;
        }
        Exchange exchange = call.exchange();
        Capture capture = new Capture(exchange);
        deliver(
                call,
                found.get(),
                capture,
                limits,
                delivery -> new FileAnswer(exchange, file, false).giveVtt(delivery, capture));
    }

    private void status(Call call, String fileId) throws IOException {
        Optional<Catalogs.Entry> found = catalogs.find(fileId);
        if (found.isEmpty()) {
            call.fail(404, "there is no such file");
            return;
        }
        Optional<BufferStatus> status;
        try {
            status =
                    found.get()
                            .brain()
                            .status(fileId)
                            .toCompletableFuture()
                            .orTimeout(STATUS_SECONDS, TimeUnit.SECONDS)
                            .join();
        } catch (CompletionException e) {
            status = Optional.empty();
        }
        if (status.isEmpty()) {
            call.fail(501, "the brain of this file does not tell its status");
        } else {
            call.json(Json.MAPPER.writeValueAsString(fields(found.get().file(), status.get())));
        }
    }

    private static Map<String, Object> fields(StreamFile file, BufferStatus status) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("fileId", file.id());
        fields.put("name", file.name());
        fields.put("length", status.lengthBytes());
        fields.put("state", status.state());
        fields.put("available", pairs(status.available()));
        fields.put("needed", pairs(status.needed()));
        fields.put("readers", status.readers());
        fields.put("downloadRate", status.downloadRate());
        return fields;
    }

    private static List<List<Long>> pairs(List<BufferStatus.Bytes> ranges) {
        return ranges.stream().map(bytes -> List.of(bytes.start(), bytes.end())).toList();
    }

    // ---- lists

    private void list(Call call) throws IOException {
        Optional<String> group = Optional.ofNullable(call.request().getParameter("group"));
        List<StreamFile> files = catalogs.files(group);
        Optional<StreamFile> main = group.isEmpty() ? Optional.empty() : Playlist.main(files);
        List<Map<String, Object>> entries =
                files.stream()
                        .map(file -> entry(call, file, main.filter(file::equals).isPresent()))
                        .toList();
        call.json(Json.MAPPER.writeValueAsString(Map.of("files", entries)));
    }

    private Map<String, Object> entry(Call call, StreamFile file, boolean main) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("fileId", file.id());
        fields.put("group", file.group());
        fields.put("name", file.name());
        fields.put("length", file.lengthBytes());
        fields.put("contentType", file.contentType().orElseGet(() -> MediaTypes.of(file.name())));
        fields.put("url", url(call, call.pathOf(file.id())));
        if (MediaTypes.ending(file.name()).equals("srt")) {
            fields.put("vtt", url(call, call.pathOf(file.id()) + "/" + VTT));
        }
        if (main) {
            fields.put("main", true);
        }
        return fields;
    }

    private void playlist(Call call, String path) throws IOException, InterruptedException {
        Optional<String> name = playlistName(path);
        if (name.isEmpty()) {
            call.fail(404, "there is no such path");
            return;
        }
        call.only(
                List.of("GET", "HEAD"),
                () -> {
                    List<StreamFile> files = catalogs.files(name.filter(group -> !group.isEmpty()));
                    if (files.isEmpty() && !name.get().isEmpty()) {
                        call.fail(404, "there is no such playlist");
                    } else {
                        call.text(
                                200,
                                Playlist.CONTENT_TYPE,
                                Playlist.of(files, file -> url(call, call.pathOf(file.id()))));
                    }
                });
    }

    /** The group; empty text for all groups; nothing when the path is none of ours. */
    private static Optional<String> playlistName(String path) {
        for (String ending : List.of(".m3u8", ".m3u")) {
            if (path.equals(PLAYLIST + ending)) {
                return Optional.of("");
            }
            if (path.startsWith(PLAYLIST + "/") && path.endsWith(ending)) {
                String name =
                        path.substring(PLAYLIST.length() + 1, path.length() - ending.length());
                return name.isEmpty() || name.contains("/") ? Optional.empty() : Optional.of(name);
            }
        }
        return Optional.empty();
    }

    private void ticket(Call call, String fileId) throws IOException {
        Optional<String> path = ticketPath(call, fileId);
        if (path.isEmpty()) {
            call.fail(404, "there is no such file");
            return;
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("url", url(call, path.get()));
        fields.put("seconds", ticketLife.toSeconds());
        call.json(Json.MAPPER.writeValueAsString(fields));
    }

    /** Who has a ticket can wait for a file that is still coming, so it can be had before. */
    private Optional<String> ticketPath(Call call, String fileId) {
        try {
            return catalogs.find(fileId).map(found -> call.pathOf(found.file().id()));
        } catch (NotReadyException e) {
            if (e.coming()) {
                return Optional.of(call.pathOf(fileId));
            }
            throw e;
        }
    }

    private String url(Call call, String path) {
        Tickets mint = tickets;
        String query =
                mint == null ? "" : "?" + Tickets.PARAMETER + "=" + mint.issue(path, ticketLife);
        return call.root() + path + query;
    }
}
