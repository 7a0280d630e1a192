package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.bittern.terminal.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code info}: all there is to say of a torrent. */
@Command(
        name = "info",
        description = "Tells all about torrents; `files`, `peers` and `trackers` tell their lists.")
final class InfoCommand extends RemoteCommand {
    private static final String[] MORE = {
        "activityDate",
        "addedDate",
        "comment",
        "corruptEver",
        "creator",
        "dateCreated",
        "desiredAvailable",
        "doneDate",
        "downloadDir",
        "downloadedEver",
        "haveUnchecked",
        "haveValid",
        "isPrivate",
        "labels",
        "magnetLink",
        "peersGettingFromUs",
        "peersSendingToUs",
        "pieceCount",
        "pieceSize",
        "queuePosition",
        "secondsDownloading",
        "secondsSeeding",
        "totalSize",
        "uploadedEver"
    };

    @Parameters(arity = "1..*", paramLabel = "TORRENT", description = TORRENTS)
    private List<String> torrents = new ArrayList<>();

    @Option(names = "--json", description = "As a JSON array, with the fields of the RPC.")
    private boolean json;

    InfoCommand(Remote remote) {
        super(remote);
    }

    @Override
    int run(Rpc rpc) {
        List<String> fields = new ArrayList<>(List.of(TorrentText.FIELDS));
        fields.addAll(List.of(MORE));
        List<Long> ids = TorrentChoice.ids(rpc, torrents);
        JsonNode found =
                TorrentChoice.get(rpc, ids, fields.toArray(new String[0])).path("torrents");
        if (json) {
            sayJson(found);
            return 0;
        }
        boolean first = true;
        for (JsonNode torrent : found) {
            if (!first) {
                terminal().say("");
            }
            show(torrent);
            first = false;
        }
        return 0;
    }

    private void show(JsonNode json) {
        TorrentText torrent = new TorrentText(json);
        Sheet sheet = new Sheet();
        sheet.add("name", torrent.name());
        sheet.add("id", String.valueOf(torrent.id()));
        sheet.add("hash", json.path("hashString").asText());
        sheet.add("state", torrent.state());
        sheet.add("error", torrent.error());
        sheet.add("labels", labels(json));
        addProgress(sheet, torrent);
        sheet.add(
                "peers",
                "%s connected, %s send, %s get"
                        .formatted(
                                json.path("peersConnected").asText(),
                                json.path("peersSendingToUs").asText(),
                                json.path("peersGettingFromUs").asText()));
        sheet.add("queue", json.path("queuePosition").asText());
        sheet.add("directory", Printable.line(json.path("downloadDir").asText()));
        sheet.add("added", TorrentText.date(json.path("addedDate")));
        sheet.add("complete", TorrentText.date(json.path("doneDate")));
        sheet.add("active", TorrentText.date(json.path("activityDate")));
        sheet.add("created", TorrentText.date(json.path("dateCreated")));
        sheet.add("creator", Printable.line(json.path("creator").asText()));
        sheet.add("comment", Printable.line(json.path("comment").asText()));
        sheet.add("private", json.path("isPrivate").asBoolean() ? "yes" : "");
        sheet.add("magnet", Printable.line(json.path("magnetLink").asText()));
        sheet.lines().forEach(terminal()::say);
    }

    private static void addProgress(Sheet sheet, TorrentText torrent) {
        JsonNode json = torrent.json();
        long valid = json.path("haveValid").asLong();
        long unchecked = json.path("haveUnchecked").asLong();
        sheet.add("size", Printable.bytes(json.path("totalSize").asLong()));
        sheet.add("wanted", "%s, %s done".formatted(torrent.size(), torrent.done()));
        sheet.add(
                "have",
                "%s, %s unchecked".formatted(Printable.bytes(valid), Printable.bytes(unchecked)));
        sheet.add(
                "pieces",
                "%s of %s"
                        .formatted(
                                json.path("pieceCount").asText(),
                                Printable.bytes(json.path("pieceSize").asLong())));
        sheet.add("eta", torrent.eta());
        sheet.add("down", total(json, "downloadedEver", "rateDownload"));
        sheet.add("up", total(json, "uploadedEver", "rateUpload"));
        sheet.add("ratio", torrent.ratio());
        long corrupt = json.path("corruptEver").asLong();
        sheet.add("corrupt", corrupt == 0 ? "" : Printable.bytes(corrupt));
        sheet.add("downloading", Printable.duration(json.path("secondsDownloading").asLong()));
        sheet.add("seeding", Printable.duration(json.path("secondsSeeding").asLong()));
    }

    private static String total(JsonNode json, String ever, String rate) {
        return "%s, %s/s"
                .formatted(
                        Printable.bytes(json.path(ever).asLong()),
                        Printable.bytes(json.path(rate).asLong()));
    }

    private static String labels(JsonNode json) {
        List<String> labels = new ArrayList<>();
        json.path("labels").forEach(label -> labels.add(Printable.line(label.asText())));
        return String.join(", ", labels);
    }
}
