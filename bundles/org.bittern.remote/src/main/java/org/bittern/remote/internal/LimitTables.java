package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.bittern.terminal.Printable;

/** The limits that a daemon tells, as {@code limit} shows them. */
final class LimitTables {
    /** What to ask of torrents. */
    static final String[] FIELDS = {
        "id",
        "name",
        "downloadLimit",
        "downloadLimited",
        "uploadLimit",
        "uploadLimited",
        "honorsSessionLimits",
        "seedRatioLimit",
        "seedRatioMode",
        "peer-limit",
        "bandwidthPriority"
    };

    /** Values of {@code seedRatioMode}. */
    static final int RATIO_OF_ITS_OWN = 1;

    static final int RATIO_OFF = 2;

    private static final List<String> SESSION_FIELDS =
            List.of(
                    "speed-limit-down",
                    "speed-limit-down-enabled",
                    "speed-limit-up",
                    "speed-limit-up-enabled",
                    "alt-speed-enabled",
                    "alt-speed-down",
                    "alt-speed-up",
                    "seedRatioLimit",
                    "seedRatioLimited",
                    "peer-limit-global");

    private LimitTables() {}

    /** Those of all together, for programs. */
    static ObjectNode pickAll(JsonNode session) {
        ObjectNode limits = Rpc.arguments();
        for (String name : SESSION_FIELDS) {
            limits.set(name, session.path(name));
        }
        return limits;
    }

    /** Those of all together, for people. */
    static Table ofAll(JsonNode session) {
        Table table = new Table("LIMIT", ">VALUE", "");
        boolean turtle = session.path("alt-speed-enabled").asBoolean();
        String instead = turtle ? "the alternative one counts" : "";
        String used = turtle ? "counts" : "";
        table.add("down", rate(session, "speed-limit-down", "speed-limit-down-enabled"), instead);
        table.add("up", rate(session, "speed-limit-up", "speed-limit-up-enabled"), instead);
        table.add("down, alternative", session.path("alt-speed-down").asText() + " kB/s", used);
        table.add("up, alternative", session.path("alt-speed-up").asText() + " kB/s", used);
        table.add(
                "ratio",
                session.path("seedRatioLimited").asBoolean()
                        ? ratioText(session.path("seedRatioLimit"))
                        : "off",
                "");
        table.add("peers", session.path("peer-limit-global").asText(), "");
        return table;
    }

    /** Those of each torrent, for people. */
    static Table ofTorrents(JsonNode torrents) {
        Table table =
                new Table(">ID", ">DOWN", ">UP", ">RATIO", ">PEERS", "SESSION", "PRIORITY", "NAME");
        for (JsonNode one : torrents) {
            int share = one.path("bandwidthPriority").asInt();
            table.add(
                    one.path("id").asText(),
                    rate(one, "downloadLimit", "downloadLimited"),
                    rate(one, "uploadLimit", "uploadLimited"),
                    switch (one.path("seedRatioMode").asInt()) {
                        case RATIO_OF_ITS_OWN -> ratioText(one.path("seedRatioLimit"));
                        case RATIO_OFF -> "off";
                        default -> "default";
                    },
                    one.path("peer-limit").asText(),
                    one.path("honorsSessionLimits").asBoolean() ? "on" : "off",
                    share < 0 ? "low" : share > 0 ? "high" : "normal",
                    Printable.line(one.path("name").asText()));
        }
        return table;
    }

    /** Those of labels, for people. */
    static Table ofLabels(JsonNode labels) {
        Table table = new Table("LABEL", ">DOWN", ">UP", ">RATIO", "SESSION");
        for (JsonNode one : labels) {
            table.add(
                    Printable.line(one.path("name").asText()),
                    rate(one, "speed-limit-down", "speed-limit-down-enabled"),
                    rate(one, "speed-limit-up", "speed-limit-up-enabled"),
                    one.path("ratio-limit-enabled").asBoolean()
                            ? ratioText(one.path("ratio-limit"))
                            : "off",
                    one.path("honorsSessionLimits").asBoolean() ? "on" : "off");
        }
        return table;
    }

    private static String rate(JsonNode found, String limit, String enabled) {
        return found.path(enabled).asBoolean() ? found.path(limit).asText() + " kB/s" : "off";
    }

    private static String ratioText(JsonNode value) {
        return String.format(Locale.ROOT, "%.2f", value.asDouble());
    }
}
