package org.bittern.metainfo;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * A magnet link (BEP 9, 53): an info-hash and what helps to find the torrent.
 *
 * @param infoHash v1, v2 or both
 * @param name what to show until the metadata is there; not safe as a file name
 * @param trackers announce URLs, each a tier of its own
 * @param webSeeds URLs (BEP 19)
 * @param peers addresses to connect to at once
 * @param selectOnly numbers of the wanted files, ascending; empty means all (BEP 53)
 */
public record Magnet(
        InfoHash infoHash,
        Optional<String> name,
        List<String> trackers,
        List<String> webSeeds,
        List<HostPort> peers,
        List<Integer> selectOnly) {

    public Magnet {
        trackers = distinct(trackers);
        webSeeds = distinct(webSeeds);
        peers = distinct(peers);
        selectOnly = selectOnly.stream().distinct().sorted().toList();
    }

    private static <T> List<T> distinct(List<T> values) {
        return List.copyOf(new LinkedHashSet<>(values));
    }

    /** A link with nothing but the hash. */
    public static Magnet of(InfoHash infoHash) {
        return new Magnet(infoHash, Optional.empty(), List.of(), List.of(), List.of(), List.of());
    }

    /** The link for a torrent. */
    public static Magnet of(Metainfo metainfo) {
        List<String> trackers = metainfo.trackers().stream().flatMap(List::stream).toList();
        return new Magnet(
                metainfo.infoHash(),
                Optional.of(metainfo.rawName()),
                trackers,
                metainfo.webSeeds(),
                List.of(),
                List.of());
    }

    /**
     * Whether {@code text} looks like a link, so that {@link #parse} would say what is wrong with
     * it.
     */
    public static boolean isMagnet(String text) {
        return text.regionMatches(true, 0, MagnetParser.SCHEME, 0, MagnetParser.SCHEME.length());
    }

    /**
     * Reads a link. A bare info-hash (see {@link InfoHash#parse}) is taken as a link with nothing
     * else. Unknown parameters, and known ones that make no sense, are ignored, but there must be a
     * usable info-hash.
     *
     * @throws MetainfoException if there is none, or the link is longer than {@link
     *     MetainfoLimits#MAX_MAGNET_CHARS}
     */
    public static Magnet parse(String link) throws MetainfoException {
        return MagnetParser.parse(link);
    }

    /** The tracker tiers in the form of {@link Metainfo#trackers()}: each tracker a tier. */
    public List<List<String>> trackerTiers() {
        return trackers.stream().map(List::of).toList();
    }

    /** The link as text; {@link #parse} reads it back to an equal value. */
    public String format() {
        List<String> parts = new ArrayList<>();
        infoHash.v1().ifPresent(v1 -> parts.add("xt=urn:btih:" + InfoHash.ofV1(v1).hex()));
        infoHash.v2().ifPresent(v2 -> parts.add("xt=urn:btmh:1220" + InfoHash.ofV2(v2).hex()));
        name.ifPresent(text -> parts.add("dn=" + escape(text)));
        trackers.forEach(url -> parts.add("tr=" + escape(url)));
        webSeeds.forEach(url -> parts.add("ws=" + escape(url)));
        peers.forEach(peer -> parts.add("x.pe=" + peer));
        if (!selectOnly.isEmpty()) {
            parts.add("so=" + ranges());
        }
        return "magnet:?" + String.join("&", parts);
    }

    private String ranges() {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < selectOnly.size()) {
            int first = selectOnly.get(i);
            int last = first;
            while (i + 1 < selectOnly.size() && selectOnly.get(i + 1) == last + 1) {
                last++;
                i++;
            }
            out.append(out.isEmpty() ? "" : ",")
                    .append(first)
                    .append(last > first ? "-" + last : "");
            i++;
        }
        return out.toString();
    }

    /** Escapes all but the unreserved characters of RFC 3986. */
    private static String escape(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain =
                    (b >= 'a' && b <= 'z')
                            || (b >= 'A' && b <= 'Z')
                            || (b >= '0' && b <= '9')
                            || b == '-'
                            || b == '_'
                            || b == '.'
                            || b == '~';
            if (plain) {
                out.append((char) b);
            } else {
                out.append("%%%02X".formatted(b & 0xff));
            }
        }
        return out.toString();
    }
}
