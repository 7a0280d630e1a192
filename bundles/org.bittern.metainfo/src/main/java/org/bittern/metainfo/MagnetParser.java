package org.bittern.metainfo;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one magnet link. One thread, once. */
final class MagnetParser {
    static final String SCHEME = "magnet:";

    private static final String BTIH = "urn:btih:";
    private static final String BTMH = "urn:btmh:";
    private static final String SHA256_MULTIHASH = "1220"; // code 0x12, 32 bytes

    private byte @Nullable [] v1;
    private byte @Nullable [] v2;
    private @Nullable String wrongTopic; // the first "xt" that could not be used
    private Optional<String> name = Optional.empty();
    private final List<String> trackers = new ArrayList<>();
    private final List<String> webSeeds = new ArrayList<>();
    private final List<HostPort> peers = new ArrayList<>();
    private final BitSet selectOnly = new BitSet(); // ranges may overlap as often as there is room

    private MagnetParser() {}

    static Magnet parse(String link) throws MetainfoException {
        if (link.length() > MetainfoLimits.MAX_MAGNET_CHARS) {
            throw new MetainfoException(
                    "magnet link of %d characters; at most %d are allowed"
                            .formatted(link.length(), MetainfoLimits.MAX_MAGNET_CHARS));
        }
        if (!Magnet.isMagnet(link)) {
            return Magnet.of(InfoHash.parse(link));
        }
        MagnetParser parser = new MagnetParser();
        int query = link.indexOf('?');
        if (query >= 0) {
            for (String parameter : link.substring(query + 1).split("&", -1)) {
                parser.parameter(parameter);
            }
        }
        return parser.magnet();
    }

    private Magnet magnet() throws MetainfoException {
        return new Magnet(
                infoHash(), name, trackers, webSeeds, peers, selectOnly.stream().boxed().toList());
    }

    private InfoHash infoHash() throws MetainfoException {
        if (v1 != null) {
            return v2 == null ? InfoHash.ofV1(v1) : InfoHash.hybrid(v1, v2);
        }
        if (v2 != null) {
            return InfoHash.ofV2(v2);
        }
        throw new MetainfoException(
                wrongTopic == null
                        ? "magnet link has no xt=urn:btih: or xt=urn:btmh: parameter"
                        : "magnet link has no usable info-hash: \""
                                + Printable.of(wrongTopic)
                                + "\"");
    }

    private void parameter(String parameter) {
        int equals = parameter.indexOf('=');
        if (equals < 0) {
            return;
        }
        String key = unescape(parameter.substring(0, equals), false).toLowerCase(Locale.ROOT);
        String raw = parameter.substring(equals + 1);
        String value = unescape(raw, false);
        switch (withoutNumber(key)) {
            case "xt" -> topic(value);
            case "dn" ->
                    name =
                            name.or(() ->
                                    Optional.of(unescape(raw, true))
                                            .filter(text -> !text.isBlank()));
            case "tr" -> url(value, trackers, MetainfoLimits.MAX_TRACKERS);
            case "ws" -> url(value, webSeeds, MetainfoLimits.MAX_SOURCES);
            case "x.pe" ->
                    HostPort.parse(value)
                            .filter(_ -> peers.size() < MetainfoLimits.MAX_SOURCES)
                            .ifPresent(peers::add);
            case "so" -> select(value);
            default -> {} // parameters of other networks
        }
    }

    /** {@code tr.1} and {@code tr.2} are other spellings of {@code tr}. */
    private static String withoutNumber(String key) {
        int dot = key.lastIndexOf('.');
        boolean numbered =
                dot > 0
                        && dot < key.length() - 1
                        && key.chars().skip(dot + 1L).allMatch(c -> c >= '0' && c <= '9');
        return numbered ? key.substring(0, dot) : key;
    }

    private void topic(String topic) {
        try {
            if (topic.regionMatches(true, 0, BTIH, 0, BTIH.length())) {
                String digits = topic.substring(BTIH.length());
                Optional<byte[]> hash = InfoHash.parse(digits).v1();
                if (v1 == null && hash.isPresent()) {
                    v1 = hash.get();
                    return;
                }
            } else if (topic.regionMatches(true, 0, BTMH, 0, BTMH.length())) {
                String digits = topic.substring(BTMH.length());
                if (v2 == null
                        && digits.startsWith(SHA256_MULTIHASH)
                        && digits.length() == 4 + 2 * InfoHash.V2_BYTES) {
                    v2 = HexFormat.of().parseHex(digits, 4, digits.length());
                    return;
                }
            }
        } catch (MetainfoException | IllegalArgumentException _) {
            // remembered below: another xt may be usable
        }
        wrongTopic = wrongTopic == null ? topic : wrongTopic;
    }

    private static void url(String url, List<String> urls, int limit) {
        String trimmed = url.strip();
        if (!trimmed.isEmpty()
                && trimmed.length() <= MetainfoLimits.MAX_URL_CHARS
                && urls.size() < limit) {
            urls.add(trimmed);
        }
    }

    /**
     * {@code 0,2,4-6}; what is no number, or beyond the number of files a torrent may have, is
     * ignored (BEP 53).
     */
    private void select(String ranges) {
        for (String range : ranges.split(",", -1)) {
            int dash = range.indexOf('-');
            int first = fileNumber(dash < 0 ? range : range.substring(0, dash));
            int last = dash < 0 ? first : fileNumber(range.substring(dash + 1));
            if (first >= 0 && first <= last) {
                selectOnly.set(first, last + 1);
            }
        }
    }

    private static int fileNumber(String text) {
        boolean digits =
                !text.isEmpty()
                        && text.length() <= 9
                        && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(text) : -1;
        return number < MetainfoLimits.MAX_FILES ? number : -1;
    }

    /** Percent signs that start no escape stand for themselves. */
    private static String unescape(String text, boolean plusIsBlank) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < in.length; i++) {
            boolean escape =
                    in[i] == '%'
                            && i + 2 < in.length
                            && HexFormat.isHexDigit(in[i + 1])
                            && HexFormat.isHexDigit(in[i + 2]);
            if (escape) {
                out.write(
                        HexFormat.fromHexDigit(in[i + 1]) << 4 | HexFormat.fromHexDigit(in[i + 2]));
                i += 2;
            } else {
                out.write(in[i] == '+' && plusIsBlank ? ' ' : in[i]);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
