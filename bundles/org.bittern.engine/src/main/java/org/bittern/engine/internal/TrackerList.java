package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;

/**
 * The trackers of a torrent in tiers, each URL with a number that it keeps. Owned by the torrent's
 * loop.
 */
final class TrackerList {
    private final Map<String, Integer> numbers = new HashMap<>(4);
    private List<List<String>> tiers;
    private int next;

    TrackerList(List<List<String>> tiers) {
        this.tiers = tiers;
        number();
    }

    List<List<String>> tiers() {
        return tiers;
    }

    void replace(List<List<String>> changed) {
        tiers = changed;
        number();
    }

    /** The number of a URL; one that is not in the list is given one too. */
    int numberOf(String url) {
        return numbers.computeIfAbsent(url, unknown -> next++);
    }

    private void number() {
        tiers.forEach(tier -> tier.forEach(this::numberOf));
    }

    /**
     * The tiers, and behind them those of others that are not among them.
     *
     * @param more tiers
     */
    List<List<String>> with(List<List<String>> more) {
        List<List<String>> all = new ArrayList<>(tiers);
        for (List<String> tier : more) {
            List<String> others =
                    tier.stream()
                            .filter(url -> tiers.stream().noneMatch(own -> own.contains(url)))
                            .toList();
            if (!others.isEmpty()) {
                all.add(others);
            }
        }
        return List.copyOf(all);
    }

    /**
     * The tiers after a change, see {@link org.bittern.api.engine.Torrent#editTrackers}.
     *
     * @throws EngineException INVALID_ARGUMENT
     */
    List<List<String>> edited(
            List<String> added, Set<Integer> removed, Map<Integer, String> replaced) {
        Map<Integer, String> known = new HashMap<>();
        tiers.forEach(tier -> tier.forEach(url -> known.put(numberOf(url), url)));
        for (Integer number : removed) {
            requireKnown(known, number);
        }
        for (Integer number : replaced.keySet()) {
            requireKnown(known, number);
        }
        List<List<String>> after = new ArrayList<>();
        for (List<String> tier : tiers) {
            List<String> kept = new ArrayList<>();
            for (String url : tier) {
                int number = numberOf(url);
                if (!removed.contains(number)) {
                    kept.add(replaced.getOrDefault(number, url));
                }
            }
            if (!kept.isEmpty()) {
                after.add(List.copyOf(kept));
            }
        }
        for (String url : added) {
            if (after.stream().noneMatch(tier -> tier.contains(url))) {
                after.add(List.of(url));
            }
        }
        if (after.equals(tiers)) {
            throw new EngineException(Code.INVALID_ARGUMENT, "the trackers are so already");
        }
        return List.copyOf(after);
    }

    private static void requireKnown(Map<Integer, String> known, Integer number) {
        if (!known.containsKey(number)) {
            throw new EngineException(Code.INVALID_ARGUMENT, "no tracker " + number);
        }
    }
}
