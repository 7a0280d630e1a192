package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.bittern.terminal.CommandFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limit}: how fast, how long and with how many, for all together or for torrents. */
@Command(
        name = "limit",
        description = {
            "Shows or sets limits: without torrents those of all together, else of each,",
            "with --label what torrents with that label share if they are in no group.",
            "RATE is kB/s (1000 bytes), or with k, M, G; or off."
        })
final class LimitCommand extends RemoteCommand {
    @Parameters(arity = "0..*", paramLabel = "TORRENT", description = TORRENTS)
    private List<String> torrents = new ArrayList<>();

    @Option(names = "--down", paramLabel = "RATE", description = "Download rate.")
    private String down = "";

    @Option(names = "--up", paramLabel = "RATE", description = "Upload rate.")
    private String up = "";

    @Option(
            names = "--alt",
            paramLabel = "on|off",
            description = "All together: the alternative limits count (\"turtle mode\").")
    private String alt = "";

    @Option(names = "--alt-down", paramLabel = "RATE", description = "Their download rate.")
    private String altDown = "";

    @Option(names = "--alt-up", paramLabel = "RATE", description = "Their upload rate.")
    private String altUp = "";

    @Option(
            names = "--ratio",
            paramLabel = "N",
            description = "Stop seeding at this ratio; off: never; default (torrents): as all.")
    private String ratio = "";

    @Option(names = "--peers", paramLabel = "N", description = "Connections at most.")
    private int peers = -1;

    @Option(
            names = "--session",
            paramLabel = "on|off",
            description = "Torrents, labels: also held to the limits of all together.")
    private String session = "";

    @Option(
            names = "--priority",
            paramLabel = "low|normal|high",
            description = "Torrents: their share of the rate.")
    private String priority = "";

    @Option(names = "--label", paramLabel = "NAME", description = "Those of a label.")
    private String label = "";

    @Option(names = "--labels", description = "Show those of all labels that have any.")
    private boolean labels;

    @Option(names = "--forget", description = "With --label: it has no limits any more.")
    private boolean forget;

    @Option(names = "--json", description = "Show them as JSON, with the fields of the RPC.")
    private boolean json;

    LimitCommand(Remote remote) {
        super(remote);
    }

    @Override
    void check() {
        if (labels || forget || !label.isEmpty()) {
            checkLabel();
            return;
        }
        boolean all = torrents.isEmpty();
        if (all ? !(session + priority).isEmpty() : !(alt + altDown + altUp).isEmpty()) {
            throw usage(
                    all
                            ? "--session and --priority are for torrents"
                            : "--alt, --alt-down and --alt-up are for all together");
        }
        if (all) {
            ofAll();
        } else {
            ofTorrents();
        }
    }

    private void checkLabel() {
        if (!torrents.isEmpty() || peers >= 0 || !(alt + altDown + altUp + priority).isEmpty()) {
            throw usage("a label has --down, --up, --ratio and --session, and no torrents");
        }
        boolean sets = !ofLabel().isEmpty();
        if (labels ? forget || sets || !label.isEmpty() : label.isEmpty() || (forget && sets)) {
            throw usage("--label NAME takes limits or --forget; --labels stands alone");
        }
    }

    @Override
    int run(Rpc rpc) {
        if (labels || !label.isEmpty()) {
            runLabel(rpc);
            return 0;
        }
        if (torrents.isEmpty()) {
            ObjectNode wanted = ofAll();
            if (wanted.isEmpty()) {
                JsonNode found = rpc.call("session-get");
                show(LimitTables.pickAll(found), LimitTables.ofAll(found));
            } else {
                rpc.call("session-set", wanted);
            }
            return 0;
        }
        List<Long> ids = TorrentChoice.ids(rpc, torrents);
        ObjectNode wanted = ofTorrents();
        if (wanted.isEmpty()) {
            JsonNode found = TorrentChoice.get(rpc, ids, LimitTables.FIELDS).path("torrents");
            show(found, LimitTables.ofTorrents(found));
        } else {
            rpc.call("torrent-set", TorrentChoice.put(wanted, ids));
        }
        return 0;
    }

    private void runLabel(Rpc rpc) {
        ObjectNode wanted = ofLabel();
        ObjectNode which = Rpc.arguments();
        if (!labels) {
            which.put("name", label);
        }
        if (forget) {
            rpc.call("label-remove", which);
        } else if (wanted.isEmpty()) {
            JsonNode found = rpc.call("label-get", which).path("labels");
            show(found, LimitTables.ofLabels(found));
        } else {
            rpc.call("label-set", which.setAll(wanted));
        }
    }

    private void show(JsonNode forPrograms, Table forPeople) {
        if (json) {
            sayJson(forPrograms);
        } else {
            say(forPeople);
        }
    }

    private ObjectNode ofAll() {
        ObjectNode wanted = Rpc.arguments();
        putRate(wanted, down, "speed-limit-down", "speed-limit-down-enabled");
        putRate(wanted, up, "speed-limit-up", "speed-limit-up-enabled");
        putAlternative(wanted, altDown, "alt-speed-down");
        putAlternative(wanted, altUp, "alt-speed-up");
        if (!alt.isEmpty()) {
            wanted.put("alt-speed-enabled", isOn("--alt", alt));
        }
        if (!ratio.isEmpty()) {
            wanted.put("seedRatioLimited", !ratio.equals("off"));
            if (!ratio.equals("off")) {
                wanted.put("seedRatioLimit", number(ratio));
            }
        }
        if (peers >= 0) {
            wanted.put("peer-limit-global", peers);
        }
        return wanted;
    }

    private ObjectNode ofLabel() {
        ObjectNode wanted = Rpc.arguments();
        putRate(wanted, down, "speed-limit-down", "speed-limit-down-enabled");
        putRate(wanted, up, "speed-limit-up", "speed-limit-up-enabled");
        if (!ratio.isEmpty()) {
            wanted.put("ratio-limit-enabled", !ratio.equals("off"));
            if (!ratio.equals("off")) {
                wanted.put("ratio-limit", number(ratio));
            }
        }
        if (!session.isEmpty()) {
            wanted.put("honorsSessionLimits", isOn("--session", session));
        }
        return wanted;
    }

    private ObjectNode ofTorrents() {
        ObjectNode wanted = Rpc.arguments();
        putRate(wanted, down, "downloadLimit", "downloadLimited");
        putRate(wanted, up, "uploadLimit", "uploadLimited");
        if (!ratio.isEmpty()) {
            switch (ratio) {
                case "default" -> wanted.put("seedRatioMode", 0);
                case "off" -> wanted.put("seedRatioMode", LimitTables.RATIO_OFF);
                default ->
                        wanted.put("seedRatioLimit", number(ratio))
                                .put("seedRatioMode", LimitTables.RATIO_OF_ITS_OWN);
            }
        }
        if (peers >= 0) {
            wanted.put("peer-limit", peers);
        }
        if (!session.isEmpty()) {
            wanted.put("honorsSessionLimits", isOn("--session", session));
        }
        switch (priority) {
            case "" -> {}
            case "low" -> wanted.put("bandwidthPriority", -1);
            case "normal" -> wanted.put("bandwidthPriority", 0);
            case "high" -> wanted.put("bandwidthPriority", 1);
            default -> throw usage("--priority takes low, normal or high");
        }
        return wanted;
    }

    private static void putRate(ObjectNode wanted, String text, String limit, String enabled) {
        if (!text.isEmpty()) {
            OptionalLong rate = Rate.parse(text);
            rate.ifPresent(value -> wanted.put(limit, value));
            wanted.put(enabled, rate.isPresent());
        }
    }

    /** The alternative limits are switched together, by --alt. */
    private static void putAlternative(ObjectNode wanted, String text, String limit) {
        if (!text.isEmpty()) {
            wanted.put(
                    limit,
                    Rate.parse(text)
                            .orElseThrow(() -> usage("--alt-down and --alt-up take a rate")));
        }
    }

    private static boolean isOn(String option, String text) {
        return switch (text) {
            case "on" -> true;
            case "off" -> false;
            default -> throw usage(option + " takes on or off");
        };
    }

    private static double number(String text) {
        if (!text.matches("\\d{1,6}(\\.\\d{1,6})?")) {
            throw usage("'" + text + "' is no ratio");
        }
        return Double.parseDouble(text);
    }

    private static CommandFailure usage(String line) {
        return new CommandFailure(line, null, CommandFailure.EXIT_USAGE);
    }
}
