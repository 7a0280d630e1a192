package org.bittern.transmission.internal;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.api.engine.TrackerSnapshot.Status;
import org.bittern.metainfo.Magnet;
import org.bittern.rpc.RpcWriter;

/** Fields of {@code torrent-get} about trackers. */
final class TrackerFields {
    private static final int INACTIVE = 0;
    private static final int WAITING = 1;
    private static final int ACTIVE = 3;
    private static final String ANNOUNCE = "/announce";

    static final List<Field> ALL =
            List.of(
                    Field.of("trackers", Field.Need.TRACKERS, TrackerFields::trackers),
                    Field.of("trackerStats", Field.Need.TRACKERS, TrackerFields::stats),
                    Field.of(
                            "trackerList",
                            Field.Need.TRACKERS,
                            (row, out) -> out.json().writeString(list(row.details().trackers()))),
                    Field.of(
                            "magnetLink",
                            Field.Need.TRACKERS,
                            (row, out) -> out.json().writeString(magnet(row))),
                    // Never used by anybody, and -1 in every release.
                    new Field(
                            "manualAnnounceTime",
                            Set.of(),
                            (row, out) -> out.json().writeNumber(-1)));

    private TrackerFields() {}

    private static void trackers(Row row, RpcWriter out) throws IOException {
        Field.array(
                row.details().trackers(),
                out,
                tracker -> {
                    out.beginObject();
                    describe(tracker, out);
                    out.endObject();
                });
    }

    private static void describe(TrackerSnapshot tracker, RpcWriter out) throws IOException {
        out.text("announce", tracker.url());
        out.number("id", tracker.number());
        out.text("scrape", scrape(tracker.url()));
        out.text("sitename", siteName(tracker.url()));
        out.number("tier", tracker.tier());
    }

    private static void stats(Row row, RpcWriter out) throws IOException {
        List<TrackerSnapshot> all = row.details().trackers();
        Field.array(
                all,
                out,
                tracker -> {
                    out.beginObject();
                    describe(tracker, out);
                    out.text("host", host(tracker.url()));
                    out.flag("isBackup", isBackup(tracker, all));
                    announces(tracker, out);
                    scrapes(tracker, out);
                    out.endObject();
                });
    }

    private static void announces(TrackerSnapshot tracker, RpcWriter out) throws IOException {
        boolean announced = tracker.lastAnnounce() != null;
        boolean succeeded = tracker.lastAnnounceSucceeded();
        long last = TorrentFields.seconds(tracker.lastAnnounce());
        out.number("announceState", state(tracker));
        out.flag("hasAnnounced", announced);
        out.number("lastAnnouncePeerCount", tracker.lastPeers());
        out.text(
                "lastAnnounceResult",
                succeeded && tracker.message().isEmpty() ? "Success" : tracker.message());
        out.number("lastAnnounceStartTime", last);
        out.flag("lastAnnounceSucceeded", succeeded);
        out.number("lastAnnounceTime", last);
        out.flag("lastAnnounceTimedOut", announced && !succeeded && timedOut(tracker.message()));
        out.number("nextAnnounceTime", TorrentFields.seconds(tracker.nextAnnounce()));
    }

    private static void scrapes(TrackerSnapshot tracker, RpcWriter out) throws IOException {
        long last = TorrentFields.seconds(tracker.lastScrape());
        out.number("scrapeState", INACTIVE);
        out.flag("hasScraped", tracker.lastScrape() != null);
        out.text("lastScrapeResult", "");
        out.number("lastScrapeStartTime", last);
        out.flag("lastScrapeSucceeded", tracker.lastScrape() != null);
        out.number("lastScrapeTime", last);
        out.flag("lastScrapeTimedOut", false);
        out.number("nextScrapeTime", 0);
        out.number("seederCount", tracker.seeders());
        out.number("leecherCount", tracker.leechers());
        out.number("downloadCount", tracker.downloads());
        out.number("downloader_count", -1);
    }

    private static int state(TrackerSnapshot tracker) {
        if (tracker.status() == Status.ANNOUNCING) {
            return ACTIVE;
        }
        return tracker.nextAnnounce() == null ? INACTIVE : WAITING;
    }

    /** Not asked, as another one of its tier answers (BEP 12). */
    private static boolean isBackup(TrackerSnapshot tracker, List<TrackerSnapshot> all) {
        return tracker.status() == Status.NOT_CONTACTED
                && all.stream()
                        .anyMatch(other ->
                                other.tier() == tracker.tier()
                                        && other.number() != tracker.number()
                                        && (other.status() == Status.WORKING
                                                || other.status() == Status.ANNOUNCING));
    }

    private static boolean timedOut(String message) {
        return message.contains("timed out") || message.contains("timeout");
    }

    /** One URL in a line, an empty line between tiers. */
    static String list(List<TrackerSnapshot> trackers) {
        StringBuilder list = new StringBuilder();
        int tier = trackers.isEmpty() ? 0 : trackers.getFirst().tier();
        for (TrackerSnapshot tracker : trackers) {
            if (tracker.tier() != tier) {
                list.append('\n');
                tier = tracker.tier();
            }
            list.append(tracker.url()).append('\n');
        }
        return list.toString();
    }

    private static String magnet(Row row) {
        return new Magnet(
                        row.now().infoHash(),
                        Optional.of(row.now().name()),
                        row.details().trackers().stream().map(TrackerSnapshot::url).toList(),
                        row.torrent().webSeedUrls(),
                        List.of(),
                        List.of())
                .format();
    }

    /** The convention of scrapes: the last element begins with "announce" (BEP 48). */
    static String scrape(String announce) {
        if (announce.startsWith("udp:")) {
            return announce;
        }
        int slash = announce.lastIndexOf('/');
        return slash >= 0 && announce.startsWith(ANNOUNCE, slash)
                ? announce.substring(0, slash)
                        + "/scrape"
                        + announce.substring(slash + ANNOUNCE.length())
                : "";
    }

    private static String host(String url) {
        try {
            URI uri = new URI(url);
            if (uri.getHost() == null) {
                return "";
            }
            int port =
                    uri.getPort() > 0
                            ? uri.getPort()
                            : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
            return uri.getHost() + ":" + port;
        } catch (URISyntaxException e) {
            return "";
        }
    }

    /** The word before the top-level domain; an address as it is. */
    static String siteName(String url) {
        try {
            String host = new URI(url).getHost();
            if (host == null || host.startsWith("[") || host.matches("[\\d.]+")) {
                return host == null ? "" : host;
            }
            String[] labels = host.split("\\.", -1);
            return labels.length > 1 ? labels[labels.length - 2] : host;
        } catch (URISyntaxException e) {
            return "";
        }
    }
}
