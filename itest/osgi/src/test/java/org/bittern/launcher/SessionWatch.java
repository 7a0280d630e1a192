package org.bittern.launcher;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks a daemon about its session and its torrents, and keeps what must not be. Thread-safe. */
final class SessionWatch {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final List<String> FIELDS =
            List.of("id", "hashString", "status", "haveValid", "downloadedEver");

    // Transmission's numbers of what a torrent does.
    private static final int CHECK_QUEUED = 1;
    private static final int CHECKING = 2;

    private static final String UNAVAILABLE = "engine unavailable";

    private final DaemonClient client;
    private final Map<String, Integer> expected = new ConcurrentHashMap<>();
    private final Map<String, Long> least = new ConcurrentHashMap<>();
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unavailable = new AtomicInteger();

    SessionWatch(DaemonClient client) {
        this.client = client;
    }

    DaemonClient client() {
        return client;
    }

    /**
     * Expects a torrent from now on.
     *
     * @param status Transmission's number of what it does
     */
    void add(String id, int status) {
        expected.put(id, status);
        least.put(id, 0L);
    }

    /** Expects that all are there under the same numbers, with no less than they have now. */
    void begin() throws IOException {
        problems.clear();
        byId(torrents())
                .forEach((id, torrent) -> {
                    least.put(id, torrent.path("haveValid").asLong());
                    numbers.putIfAbsent(id, torrent.path("id").asInt());
                });
    }

    /** Answers that must not be since then. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /** How often somebody was told that there is no engine. */
    int unavailable() {
        return unavailable.get();
    }

    /** Whether all torrents are there, each does what it did, and nothing is lost. */
    boolean isWhole() {
        ask("session-get", List.of("version"));
        Map<String, JsonNode> present = byId(torrents());
        return expected.entrySet().stream()
                .allMatch(one -> isWhole(one.getKey(), one.getValue(), present));
    }

    private boolean isWhole(String id, int status, Map<String, JsonNode> present) {
        JsonNode torrent = present.get(id);
        if (torrent == null) {
            return false;
        }
        int now = torrent.path("status").asInt();
        if (now == CHECK_QUEUED || now == CHECKING) {
            problems.add(id + " is checked again");
        }
        int number = torrent.path("id").asInt();
        if (number != numbers.getOrDefault(id, number)) {
            problems.add(id + " is " + number + " now, and was " + numbers.get(id));
        }
        return now == status && torrent.path("haveValid").asLong() >= least.getOrDefault(id, 0L);
    }

    /** Waits until so many bytes more have come. */
    void awaitBytes(long bytes) {
        long before = downloaded();
        await().atMost(PATIENCE).until(() -> downloaded() >= before + bytes);
    }

    private long downloaded() {
        return byId(torrents()).values().stream()
                .mapToLong(torrent -> torrent.path("downloadedEver").asLong())
                .sum();
    }

    private JsonNode torrents() {
        return ask("torrent-get", FIELDS).path("torrents");
    }

    private static Map<String, JsonNode> byId(JsonNode torrents) {
        Map<String, JsonNode> all = new HashMap<>();
        torrents.forEach(one -> all.put(one.path("hashString").asText(), one));
        return all;
    }

    /** What was asked for; nothing when there is no engine. */
    private JsonNode ask(String method, List<String> fields) {
        try {
            JsonNode answer = client.ask(method, Map.of("fields", fields));
            String result = answer.path("result").asText();
            if (result.equals(UNAVAILABLE)) {
                unavailable.incrementAndGet();
            } else if (!result.equals("success")) {
                problems.add(method + ": " + result);
            }
            return answer.path("arguments");
        } catch (IOException e) {
            problems.add(method + ": " + e);
            return MissingNode.getInstance();
        }
    }
}
