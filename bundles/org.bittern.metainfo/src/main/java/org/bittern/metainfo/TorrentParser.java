package org.bittern.metainfo;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BDocument;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BLimits;
import org.bittern.bencode.BList;
import org.bittern.bencode.BReader;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BencodeException;
import org.bittern.bencode.KeyOrder;

/**
 * Reads torrent files. What the info dictionary says must be right; of what stands beside it, a
 * wrong entry is treated as absent, because the content can be had without it. Piece layers are the
 * exception: wrong ones would waste a download.
 */
final class TorrentParser {
    private TorrentParser() {}

    static Metainfo parse(ByteBuffer torrent, BLimits limits) throws MetainfoException {
        BDocument document = read(torrent, limits, "torrent file");
        if (!(document.value() instanceof BDict outer)) {
            throw new MetainfoException(
                    "torrent file is a " + document.value().kind() + ", not a dictionary");
        }
        BDict dict =
                outer.dict("info")
                        .orElseThrow(() ->
                                new MetainfoException("torrent file has no \"info\" dictionary"));
        ByteBuffer raw = document.rawEntry("info").orElseThrow();
        Texts texts = Texts.named(outer.text("encoding"));
        InfoDict info = InfoParser.parse(raw, dict, document.isSorted("info"), texts);
        PieceLayers layers = PieceLayers.NONE;
        if (info.hash().hasV2()) {
            BDict stated =
                    outer.get("piece layers").map(TorrentParser::dictOrEmpty).orElse(BDict.EMPTY);
            layers =
                    PieceLayers.of(
                            stated, info.layout().files(), info.layout().pieces().pieceLength());
        }
        return new Metainfo(info, surroundings(outer, texts, layers));
    }

    static Metainfo parseInfo(ByteBuffer rawInfo) throws MetainfoException {
        BDocument document = read(rawInfo, MetainfoLimits.INFO, "info dictionary");
        if (!(document.value() instanceof BDict dict)) {
            throw new MetainfoException("info dictionary is a " + document.value().kind());
        }
        if (document.length() != rawInfo.remaining()) {
            throw new MetainfoException(
                    "info dictionary is followed by %d bytes, none are allowed"
                            .formatted(rawInfo.remaining() - document.length()));
        }
        return new Metainfo(
                InfoParser.parse(document.raw(), dict, document.isSorted(), Texts.UTF8),
                Surroundings.NONE);
    }

    private static BDocument read(ByteBuffer input, BLimits limits, String what)
            throws MetainfoException {
        try {
            return BReader.parsePrefix(input, limits, KeyOrder.LENIENT);
        } catch (BencodeException e) {
            throw new MetainfoException(what + " is not valid bencode: " + e.getMessage(), e);
        }
    }

    private static BDict dictOrEmpty(BValue value) {
        return value instanceof BDict dict ? dict : BDict.EMPTY;
    }

    private static Surroundings surroundings(BDict outer, Texts texts, PieceLayers layers) {
        Surroundings.Notes notes =
                new Surroundings.Notes(
                        texts.in(outer, "comment").filter(text -> !text.isEmpty()),
                        texts.in(outer, "created by").filter(text -> !text.isEmpty()),
                        creationDate(outer));
        return new Surroundings(
                trackers(outer),
                urls(outer, "url-list"),
                urls(outer, "httpseeds"),
                nodes(outer),
                notes,
                layers);
    }

    private static Optional<Instant> creationDate(BDict outer) {
        return outer.integer("creation date").stream()
                .filter(seconds -> seconds > 0 && seconds <= Instant.MAX.getEpochSecond())
                .mapToObj(Instant::ofEpochSecond)
                .findFirst();
    }

    /** The tiers of "announce-list" (BEP 12); "announce" counts only where there are none. */
    private static List<List<String>> trackers(BDict outer) {
        List<List<String>> tiers = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (BValue tier : outer.list("announce-list").orElse(BList.EMPTY)) {
            List<String> urls = new ArrayList<>();
            for (BValue url : tier instanceof BList list ? list : BList.of(tier)) {
                url(url).filter(u -> seen.size() < MetainfoLimits.MAX_TRACKERS && seen.add(u))
                        .ifPresent(urls::add);
            }
            if (!urls.isEmpty()) {
                tiers.add(urls);
            }
        }
        if (tiers.isEmpty()) {
            outer.get("announce")
                    .flatMap(TorrentParser::url)
                    .ifPresent(url -> tiers.add(List.of(url)));
        }
        return tiers;
    }

    /** A list of URLs, or one URL in place of the list (BEP 19 allows both). */
    private static List<String> urls(BDict outer, String key) {
        Set<String> urls = new LinkedHashSet<>();
        BValue value = outer.get(key).orElse(BList.EMPTY);
        for (BValue url : value instanceof BList list ? list : BList.of(value)) {
            if (urls.size() < MetainfoLimits.MAX_SOURCES) {
                url(url).ifPresent(urls::add);
            }
        }
        return List.copyOf(urls);
    }

    private static Optional<String> url(BValue value) {
        return value instanceof BString string && string.length() <= MetainfoLimits.MAX_URL_CHARS
                ? Optional.of(string.utf8().strip()).filter(url -> !url.isEmpty())
                : Optional.empty();
    }

    private static List<HostPort> nodes(BDict outer) {
        Set<HostPort> nodes = new LinkedHashSet<>();
        for (BValue node : outer.list("nodes").orElse(BList.EMPTY)) {
            if (nodes.size() < MetainfoLimits.MAX_SOURCES
                    && node instanceof BList pair
                    && pair.size() == 2
                    && pair.get(0) instanceof BString host
                    && pair.get(1) instanceof BInteger port) {
                HostPort.of(host.utf8(), port.value()).ifPresent(nodes::add);
            }
        }
        return List.copyOf(nodes);
    }
}
