package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bittern.terminal.CommandFailure;

/** Turns what a person types for torrents into their numbers at the daemon. */
final class TorrentChoice {
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");
    private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{6,40}");
    private static final int HASH_DIGITS = 40;

    private TorrentChoice() {}

    /**
     * Finds torrents, in the order in which they were named.
     *
     * @param words numbers, ranges, several of them with commas, info-hashes or unique beginnings
     *     of them, names, or {@code all}; none at all means all
     * @return numbers; for {@code all} whatever is there, else at least one
     * @throws CommandFailure a word names no torrent, or several
     */
    static List<Long> ids(Rpc rpc, List<String> words) {
        JsonNode torrents = get(rpc, List.of(), "id", "hashString", "name").path("torrents");
        Set<Long> found = new LinkedHashSet<>();
        for (String word : words.isEmpty() ? List.of("all") : words) {
            add(word, torrents, found);
        }
        return List.copyOf(found);
    }

    /** The one torrent that a word names. */
    static long id(Rpc rpc, String word) {
        List<Long> ids = ids(rpc, List.of(word));
        if (ids.size() != 1) {
            throw new CommandFailure("'" + word + "' names " + ids.size() + " torrents, not one");
        }
        return ids.getFirst();
    }

    /**
     * Calls {@code torrent-get}.
     *
     * @param ids empty: all
     */
    static JsonNode get(Rpc rpc, List<Long> ids, String... fields) {
        ObjectNode arguments = Rpc.arguments();
        ArrayNode names = arguments.putArray("fields");
        for (String field : fields) {
            names.add(field);
        }
        if (!ids.isEmpty()) {
            put(arguments, ids);
        }
        return rpc.call("torrent-get", arguments);
    }

    /** Writes {@code ids} into arguments. */
    static ObjectNode put(ObjectNode arguments, List<Long> ids) {
        ArrayNode numbers = arguments.putArray("ids");
        ids.forEach(numbers::add);
        return arguments;
    }

    private static void add(String word, JsonNode torrents, Set<Long> found) {
        if (word.equals("all")) {
            torrents.forEach(torrent -> found.add(torrent.path("id").asLong()));
            return;
        }
        List<Long> named = matching(torrents, t -> t.path("name").asText().equals(word));
        if (named.isEmpty()) {
            for (String part : word.split(",", -1)) {
                found.addAll(part(part, torrents));
            }
        } else if (named.size() > 1) {
            throw new CommandFailure("'" + word + "' names " + named.size() + " torrents");
        } else {
            // Strangers choose names: one that looks like a number must not take its place.
            refuseOthers(word, named.getFirst(), torrents);
            found.add(named.getFirst());
        }
    }

    private static void refuseOthers(String word, Long named, JsonNode torrents) {
        for (String part : word.split(",", -1)) {
            List<Long> meant = new ArrayList<>(numbered(part, torrents));
            meant.addAll(hashed(part, torrents));
            meant.remove(named);
            if (!meant.isEmpty()) {
                throw new CommandFailure(
                        "'%s' is the name of torrent %d, and means torrent %d: use a hash"
                                .formatted(word, named, meant.getFirst()));
            }
        }
    }

    private static List<Long> part(String part, JsonNode torrents) {
        List<Long> inside = numbered(part, torrents);
        if (!inside.isEmpty()) {
            return inside;
        }
        List<Long> hashes = hashed(part, torrents);
        if (hashes.isEmpty()) {
            throw new CommandFailure("no torrent '" + part + "'");
        }
        if (hashes.size() > 1 && part.length() < HASH_DIGITS) {
            throw new CommandFailure("'" + part + "' names " + hashes.size() + " torrents");
        }
        return hashes;
    }

    private static List<Long> numbered(String part, JsonNode torrents) {
        Matcher numbers = NUMBERS.matcher(part);
        if (!numbers.matches()) {
            return List.of();
        }
        long first = Long.parseLong(numbers.group(1));
        long last = numbers.group(2) == null ? first : Long.parseLong(numbers.group(2));
        return matching(
                torrents, t -> t.path("id").asLong() >= first && t.path("id").asLong() <= last);
    }

    private static List<Long> hashed(String part, JsonNode torrents) {
        String digits = part.toLowerCase(Locale.ROOT);
        return HASH.matcher(part).matches()
                ? matching(torrents, t -> t.path("hashString").asText().startsWith(digits))
                : List.of();
    }

    private static List<Long> matching(JsonNode torrents, Predicate<JsonNode> test) {
        List<Long> ids = new ArrayList<>();
        torrents.forEach(torrent -> {
            if (test.test(torrent)) {
                ids.add(torrent.path("id").asLong());
            }
        });
        return ids;
    }
}
