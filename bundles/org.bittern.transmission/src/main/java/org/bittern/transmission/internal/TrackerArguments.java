package org.bittern.transmission.internal;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;

/**
 * What {@code torrent-set} says about trackers.
 *
 * @param tiers the whole list, if it is given
 * @param added URLs for tiers of their own
 * @param removed numbers
 * @param replaced URLs by number
 */
record TrackerArguments(
        Optional<List<List<String>>> tiers,
        List<String> added,
        Set<Integer> removed,
        Map<Integer, String> replaced) {

    private static final Set<String> SCHEMES = Set.of("http", "https", "udp");
    private static final int MAX_URL = 2048;

    /** What the engine allows, known here so that a refusal comes before any change. */
    private static final int MOST = 1000;

    /** Reads and checks URLs; numbers are checked per torrent, by {@link #check}. */
    static TrackerArguments of(Arguments arguments) throws RpcException {
        Optional<List<List<String>>> tiers = Optional.empty();
        Optional<String> list = arguments.text("tracker_list");
        if (list.isPresent()) {
            tiers = Optional.of(tiers(list.get()));
        }
        List<String> added = new ArrayList<>();
        for (String url : arguments.texts("tracker_add").orElse(List.of())) {
            if (isUrl(url)) {
                added.add(url.strip());
            }
        }
        if (arguments.list("tracker_add").filter(asked -> !asked.isEmpty()).isPresent()
                && added.isEmpty()) {
            throw unchanged();
        }
        Set<Integer> removed =
                new LinkedHashSet<>(arguments.integers("tracker_remove").orElse(List.of()));
        return new TrackerArguments(tiers, added, removed, replaced(arguments));
    }

    private static Map<Integer, String> replaced(Arguments arguments) throws RpcException {
        Map<Integer, String> replaced = new LinkedHashMap<>();
        List<?> pairs = arguments.list("tracker_replace").orElse(List.of());
        if (pairs.size() % 2 != 0) {
            throw unchanged();
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            if (!(pairs.get(i) instanceof Integer number)
                    || !(pairs.get(i + 1) instanceof String url)
                    || !isUrl(url)) {
                throw unchanged();
            }
            replaced.put(number, url.strip());
        }
        return replaced;
    }

    boolean edits() {
        return !added.isEmpty() || !removed.isEmpty() || !replaced.isEmpty();
    }

    /**
     * What remains to be done in a torrent: URLs that it has are not added again, nor put in their
     * own place.
     *
     * @throws RpcException when nothing would change, a number names nothing, or the torrent would
     *     have too many
     */
    TrackerArguments check(List<TrackerSnapshot> now) throws RpcException {
        Map<Integer, String> urls = new HashMap<>();
        for (TrackerSnapshot tracker : now) {
            urls.put(tracker.number(), tracker.url());
        }
        List<String> news =
                added.stream().filter(url -> !urls.containsValue(url)).distinct().toList();
        Map<Integer, String> others = new LinkedHashMap<>(replaced);
        others.entrySet().removeIf(pair -> pair.getValue().equals(urls.get(pair.getKey())));
        boolean known =
                urls.keySet().containsAll(removed) && urls.keySet().containsAll(replaced.keySet());
        if (!known
                || (news.isEmpty() && removed.isEmpty() && others.isEmpty())
                || now.size() - removed.size() + news.size() > MOST) {
            throw unchanged();
        }
        return new TrackerArguments(tiers, news, removed, others);
    }

    private static List<List<String>> tiers(String list) throws RpcException {
        List<List<String>> tiers = new ArrayList<>();
        List<String> tier = new ArrayList<>();
        int count = 0;
        for (String line : list.lines().map(String::strip).toList()) {
            if (line.isEmpty()) {
                if (!tier.isEmpty()) {
                    tiers.add(tier);
                    tier = new ArrayList<>();
                }
            } else if (isUrl(line) && count < MOST) {
                tier.add(line);
                count++;
            } else {
                throw new RpcException(RpcError.TRACKER_LIST, "Invalid tracker list");
            }
        }
        if (!tier.isEmpty()) {
            tiers.add(tier);
        }
        return tiers;
    }

    private static boolean isUrl(String text) {
        String url = text.strip();
        if (url.length() > MAX_URL) {
            return false;
        }
        try {
            URI uri = new URI(url);
            String scheme = uri.getScheme();
            return scheme != null
                    && SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))
                    && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static RpcException unchanged() {
        return new RpcException(RpcError.ANNOUNCE_LIST, "error setting announce list");
    }
}
