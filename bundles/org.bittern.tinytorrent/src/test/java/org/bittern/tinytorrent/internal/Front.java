package org.bittern.tinytorrent.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bittern.web.Socket;

/**
 * A front-end: takes messages, or lets them wait, and believes what it is told. Fails when the
 * protocol is broken. Thread-safe.
 */
final class Front implements Socket {
    private final ObjectMapper json = new ObjectMapper();
    private final StringBuilder half = new StringBuilder();
    private final Deque<CompletableFuture<Void>> taken = new ArrayDeque<>();
    private final Map<Integer, ObjectNode> torrents = new TreeMap<>();
    private final List<String> events = new ArrayList<>();
    private final List<String> lastUpdate = new ArrayList<>();
    private ObjectNode session = json.createObjectNode();
    private boolean reading = true;
    private long sequence = -1;
    private int patches;
    private int parts;
    private int closed;
    private String broken = "";

    // ---- what a test does

    synchronized void read(boolean now) {
        reading = now;
        while (reading && !taken.isEmpty()) {
            complete(taken.removeFirst());
        }
    }

    synchronized String belief() {
        StringBuilder belief = new StringBuilder();
        belief.append(session.path("speed").asLong()).append('/').append(torrents.size());
        torrents.forEach((number, torrent) ->
                belief.append(' ')
                        .append(number)
                        .append(':')
                        .append(torrent.path("rate").asLong())
                        .append(':')
                        .append(torrent.path("left").asLong()));
        return belief.toString();
    }

    synchronized String broken() {
        return broken;
    }

    synchronized int patches() {
        return patches;
    }

    synchronized int parts() {
        return parts;
    }

    synchronized int waiting() {
        return taken.size();
    }

    synchronized int closed() {
        return closed;
    }

    synchronized List<String> events() {
        return List.copyOf(events);
    }

    /** Names of the fields of the torrent that was updated last. */
    synchronized List<String> lastUpdate() {
        return List.copyOf(lastUpdate);
    }

    synchronized long field(int torrent, String name) {
        ObjectNode known = torrents.get(torrent);
        return known == null ? -1 : known.path(name).asLong(-1);
    }

    // ---- the socket

    @Override
    public synchronized CompletionStage<Void> send(String text) {
        if (!half.isEmpty()) {
            broken = "a message between parts";
        }
        return send(text, true);
    }

    @Override
    public synchronized CompletionStage<Void> send(String part, boolean last) {
        parts++;
        half.append(part);
        if (last) {
            String message = half.toString();
            half.setLength(0);
            received(message);
        }
        CompletableFuture<Void> stage = new CompletableFuture<>();
        if (reading) {
            complete(stage);
        } else {
            if (!taken.isEmpty()) {
                broken = "two messages on their way";
            }
            taken.add(stage);
        }
        return stage;
    }

    @SuppressWarnings("NullAway") // the only value of Void
    private static void complete(CompletableFuture<Void> stage) {
        stage.complete(null);
    }

    @Override
    public CompletionStage<Void> send(byte[] bytes) {
        throw new AssertionError("text only");
    }

    @Override
    public synchronized void close(int code, String reason) {
        closed = code;
    }

    @Override
    public synchronized boolean isOpen() {
        return closed == 0;
    }

    // ---- the protocol

    private void received(String text) {
        JsonNode message;
        try {
            message = json.readTree(text);
        } catch (JsonProcessingException e) {
            broken = String.valueOf(e.getMessage());
            return;
        }
        switch (message.path("type").asText()) {
            case "sync-snapshot" -> snapshot(message);
            case "sync-patch" -> patch(message);
            case "event" -> events.add(message.path("event").asText() + message.path("data"));
            default -> broken = text;
        }
    }

    private void snapshot(JsonNode message) {
        if (sequence >= 0) {
            broken = "a second snapshot";
        }
        sequence = message.path("sequence").asLong(-1);
        session = (ObjectNode) message.at("/data/session");
        for (JsonNode torrent : message.at("/data/torrents")) {
            torrents.put(torrent.path("id").asInt(), (ObjectNode) torrent);
        }
    }

    private void patch(JsonNode message) {
        patches++;
        if (message.path("sequence").asLong() != ++sequence) {
            broken = "sequence " + message.path("sequence") + " where " + sequence + " is due";
        }
        List<String> lists = new ArrayList<>();
        message.at("/data/torrents").fieldNames().forEachRemaining(lists::add);
        if (!lists.equals(List.of("removed", "added", "updated"))) {
            broken = "order " + lists;
        }
        Set<Integer> named = new HashSet<>();
        for (JsonNode number : message.at("/data/torrents/removed")) {
            once(named, number.asInt());
            if (torrents.remove(number.asInt()) == null) {
                broken = "removed an unknown one";
            }
        }
        for (JsonNode torrent : message.at("/data/torrents/added")) {
            once(named, torrent.path("id").asInt());
            if (torrents.put(torrent.path("id").asInt(), (ObjectNode) torrent) != null) {
                broken = "added a known one";
            }
        }
        for (JsonNode torrent : message.at("/data/torrents/updated")) {
            once(named, torrent.path("id").asInt());
            ObjectNode known = torrents.get(torrent.path("id").asInt());
            lastUpdate.clear();
            torrent.fieldNames().forEachRemaining(lastUpdate::add);
            if (known == null || torrent.size() < 2) {
                broken = "updated " + torrent;
            } else {
                known.setAll((ObjectNode) torrent);
            }
        }
        JsonNode changed = message.at("/data/session");
        if (changed instanceof ObjectNode fields) {
            session.setAll(fields);
        } else if (named.isEmpty()) {
            broken = "an empty patch";
        }
    }

    private void once(Set<Integer> named, int number) {
        if (!named.add(number)) {
            broken = number + " is in two lists";
        }
    }
}
