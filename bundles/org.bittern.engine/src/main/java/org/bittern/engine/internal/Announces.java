package org.bittern.engine.internal;

import java.net.IDN;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bittern.api.engine.EngineException;
import org.bittern.metainfo.MetainfoLimits;

/** Rules for announce URLs that users set. */
final class Announces {
    private static final int MOST = 1000;
    private static final int MOST_HOST_CHARS = 253;

    /** Looser than RFC 3986, as trackers are named: it knows no "_" in names, for instance. */
    private static final Pattern URL =
            Pattern.compile(
                    "(?i)(?:https?|udp)://(?:[^/?#@\\p{Cntrl}]*@)?"
                            + "(?:\\[[0-9a-f:.]*:[0-9a-f:.]*(?:%\\w+)?\\]|([^:/?#@\\[\\]]+))"
                            + "(?::\\d{0,5})?(?:[/?#]\\P{Cntrl}*)?");

    private static final Pattern NAME = Pattern.compile("(?i)[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?");

    private Announces() {}

    /**
     * Refuses what is no tracker.
     *
     * @param present what is there already and may stay: torrents name trackers of kinds that we do
     *     not speak to, and such must not keep anybody from changing the others
     * @throws EngineException INVALID_ARGUMENT
     */
    static void check(List<List<String>> tiers, List<List<String>> present) {
        Set<String> known = new HashSet<>();
        present.forEach(known::addAll);
        int count = 0;
        for (List<String> tier : tiers) {
            for (String url : tier) {
                count++;
                if (!known.contains(url) && !isTracker(url)) {
                    throw wrong("a tracker is an http, https or udp URL with a host");
                }
            }
        }
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
        Matcher parts = URL.matcher(url);
        return url.length() <= MetainfoLimits.MAX_URL_CHARS
                && parts.matches()
                && (parts.group(1) == null || isName(parts.group(1)));
    }

    private static boolean isName(String host) {
        try {
            String ascii = IDN.toASCII(host);
            return ascii.length() <= MOST_HOST_CHARS && NAME.matcher(ascii).matches();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static EngineException wrong(String message) {
        return new EngineException(EngineException.Code.INVALID_ARGUMENT, message);
    }
}
