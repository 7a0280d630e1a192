package org.bittern.engine.internal;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bittern.api.engine.EngineException;

/** Rules for announce URLs that users set. */
final class Announces {
    private static final int MOST = 1000;
    private static final Set<String> SCHEMES = Set.of("http", "https", "udp");

    private Announces() {}

    /**
     * Refuses what is no tracker.
     *
     * @throws EngineException INVALID_ARGUMENT
     */
    static void check(List<List<String>> tiers) {
        for (List<String> tier : tiers) {
            for (String url : tier) {
                if (!isTracker(url)) {
                    throw wrong("a tracker is an http, https or udp URL with a host");
                }
            }
        }
        checkCount(tiers);
    }

    /**
     * Refuses too many.
     *
     * @throws EngineException INVALID_ARGUMENT
     */
    static void checkCount(List<List<String>> tiers) {
        int count = tiers.stream().mapToInt(List::size).sum();
        if (count > MOST) {
            throw wrong(count + " trackers, at most " + MOST + " are allowed");
        }
    }

    /** Tiers from text: a URL in each line, an empty line between tiers. */
    static List<List<String>> tiers(String text) {
        List<List<String>> tiers = new ArrayList<>();
        List<String> tier = new ArrayList<>();
        for (String line : (text + "\n\n").split("\n", -1)) {
            if (!line.isBlank()) {
                tier.add(line.strip());
            } else if (!tier.isEmpty()) {
                tiers.add(List.copyOf(tier));
                tier.clear();
            }
        }
        return List.copyOf(tiers);
    }

    private static boolean isTracker(String url) {
        try {
            URI uri = new URI(url);
            return uri.getHost() != null
                    && uri.getScheme() != null
                    && SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static EngineException wrong(String message) {
        return new EngineException(EngineException.Code.INVALID_ARGUMENT, message);
    }
}
