package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Locale;
import org.bittern.terminal.Printable;

/**
 * A torrent as {@code torrent-get} tells it, in words for people.
 *
 * @param json an object with at least the fields {@link #FIELDS}
 */
record TorrentText(JsonNode json) {
    /** What the texts below are made of. */
    static final String[] FIELDS = {
        "id",
        "hashString",
        "name",
        "status",
        "error",
        "errorString",
        "eta",
        "isFinished",
        "leftUntilDone",
        "metadataPercentComplete",
        "peersConnected",
        "percentDone",
        "rateDownload",
        "rateUpload",
        "recheckProgress",
        "sizeWhenDone",
        "uploadRatio"
    };

    private static final int PERCENT = 100;
    private static final int ERROR_LOCAL = 3;
    private static final int STATUS_STOPPED = 0;
    private static final int STATUS_CHECKING = 2;
    private static final int STATUS_DOWNLOADING = 4;
    private static final int STATUS_SEEDING = 6;

    long id() {
        return json.path("id").asLong();
    }

    String name() {
        return Printable.line(json.path("name").asText());
    }

    /** What it does, in one or two words. */
    String state() {
        if (hasFailed()) {
            return "error";
        }
        boolean metadata = json.path("metadataPercentComplete").asDouble(1) < 1;
        return switch (json.path("status").asInt()) {
            case STATUS_STOPPED -> json.path("isFinished").asBoolean() ? "finished" : "stopped";
            case 1 -> "will check";
            case STATUS_CHECKING -> "checking " + percent(json.path("recheckProgress"));
            case 3 -> "queued";
            case STATUS_DOWNLOADING -> metadata ? "metadata" : "downloading";
            case 5 -> "will seed";
            case STATUS_SEEDING -> "seeding";
            default -> "unknown";
        };
    }

    /** It has stopped because of an error on the daemon's machine. */
    boolean hasFailed() {
        return json.path("error").asInt() == ERROR_LOCAL;
    }

    /** All that is wanted is there and checked. */
    boolean isComplete() {
        int status = json.path("status").asInt();
        return json.path("metadataPercentComplete").asDouble(1) >= 1
                && json.path("percentDone").asDouble() >= 1
                && status != 1
                && status != STATUS_CHECKING
                && !hasFailed();
    }

    /** What went wrong, or what a tracker complains about; empty: nothing. */
    String error() {
        return json.path("error").asInt() == 0
                ? ""
                : Printable.line(json.path("errorString").asText());
    }

    String done() {
        return percent(json.path("percentDone"));
    }

    String size() {
        return Printable.bytes(json.path("sizeWhenDone").asLong());
    }

    /** 0 to 1: while it is checked, of the check. */
    double share() {
        return json.path("status").asInt() == STATUS_CHECKING
                ? json.path("recheckProgress").asDouble()
                : json.path("percentDone").asDouble();
    }

    /** Something comes or goes. */
    boolean moves() {
        return downRate() > 0 || upRate() > 0 || json.path("status").asInt() == STATUS_CHECKING;
    }

    /** Bytes a second. */
    long downRate() {
        return json.path("rateDownload").asLong();
    }

    /** Bytes a second. */
    long upRate() {
        return json.path("rateUpload").asLong();
    }

    String down() {
        return rate(downRate());
    }

    String up() {
        return rate(upRate());
    }

    String ratio() {
        return ratio(json.path("uploadRatio").asDouble());
    }

    String eta() {
        long seconds = json.path("eta").asLong(-1);
        return seconds < 0 || isComplete() ? "" : Printable.duration(seconds);
    }

    /** A share: {@code 42%}; 100 % only when it is all. */
    static String percent(JsonNode share) {
        return (int) Math.floor(share.asDouble() * PERCENT) + "%";
    }

    /** Bytes a second; empty: nothing moves. */
    static String rate(long bytesPerSecond) {
        return bytesPerSecond == 0 ? "" : Printable.bytes(bytesPerSecond) + "/s";
    }

    /** Uploaded by downloaded; -1: nothing was downloaded, -2: without end. */
    static String ratio(double ratio) {
        if (ratio == -2) {
            return "inf";
        }
        return ratio < 0 ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }

    /** A time in seconds since 1970; empty: never. */
    static String date(JsonNode seconds) {
        return seconds.asLong() <= 0 ? "" : Instant.ofEpochSecond(seconds.asLong()).toString();
    }
}
