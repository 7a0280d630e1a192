package org.bittern.transmission.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentOptions.LimitMode;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentSnapshot.Progress;
import org.bittern.api.engine.TorrentSnapshot.Transfer;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.Metainfo;
import org.bittern.rpc.Names;
import org.jspecify.annotations.Nullable;

/** The fields of {@code torrent-get} that snapshots and metadata hold; the rest is in others. */
final class TorrentFields {
    static final int KILOBYTE = 1000;

    /** What Transmission shows, and sets when a limit is switched on without a value. */
    static final long DEFAULT_LIMIT = 100L * KILOBYTE;

    private static final int NOT_AVAILABLE = -1;
    private static final int UNKNOWN = -2;

    /** All of them, by their names in snake_case. */
    static final Map<String, Field> ALL =
            all().stream()
                    .collect(
                            Collectors.toUnmodifiableMap(
                                    field -> Names.snake(field.name()), Function.identity()));

    private TorrentFields() {}

    private static List<Field> all() {
        List<Field> fields = new ArrayList<>(identity());
        fields.addAll(progress());
        fields.addAll(transfer());
        fields.addAll(limits());
        fields.addAll(FileFields.ALL);
        fields.addAll(PeerFields.ALL);
        fields.addAll(TrackerFields.ALL);
        return fields;
    }

    private static List<Field> identity() {
        return List.of(
                Field.number("id", row -> row.now().number()),
                Field.text("hashString", row -> row.now().id()),
                Field.text("name", row -> row.now().name()),
                Field.text("comment", TorrentFields::comment),
                Field.text("creator", row -> metadata(row, "", i -> i.createdBy().orElse(""))),
                Field.text("source", row -> metadata(row, "", i -> i.source().orElse(""))),
                Field.number(
                        "dateCreated",
                        row -> metadata(row, 0L, i -> seconds(i.creationDate().orElse(null)))),
                Field.flag("isPrivate", row -> metadata(row, false, Metainfo::isPrivate)),
                new Field(
                        "webseeds", Set.of(), (row, out) -> out.value(row.torrent().webSeedUrls())),
                Field.text(
                        "torrentFile",
                        row ->
                                metadata(
                                        row,
                                        "",
                                        i ->
                                                row.moment()
                                                        .dataDirectory()
                                                        .map(data ->
                                                                data.resolve("torrents")
                                                                        .resolve(
                                                                                row.now().id()
                                                                                        + ".torrent")
                                                                        .toString())
                                                        .orElse(""))),
                Field.text(
                        "downloadDir",
                        row -> row.now().saveDirectory().toAbsolutePath().normalize().toString()),
                new Field("labels", Set.of(), (row, out) -> out.value(row.now().labels())),
                Field.text("group", row -> option(row, TorrentOptions.GROUP)),
                Field.number("queuePosition", row -> row.now().queuePosition()),
                Field.number("addedDate", row -> seconds(row.now().times().added())),
                Field.number("startDate", row -> seconds(row.now().times().started())),
                Field.number("doneDate", row -> seconds(row.now().times().completed())),
                Field.number("activityDate", row -> seconds(row.now().times().active())),
                Field.number("editDate", row -> seconds(row.now().times().edited())));
    }

    private static List<Field> progress() {
        return List.of(
                Field.number("status", row -> status(row.now())),
                Field.number("error", row -> row.now().error().map(TorrentFields::error).orElse(0)),
                Field.text(
                        "errorString",
                        row -> row.now().error().map(TorrentError::message).orElse("")),
                Field.flag("isFinished", row -> row.now().turn().limitReached()),
                Field.flag("isStalled", row -> row.now().turn().stalled()),
                Field.decimal("metadataPercentComplete", row -> row.now().progress().metadata()),
                Field.decimal("percentDone", row -> row.now().progress().fraction()),
                Field.decimal("percentComplete", row -> whole(row.now().progress())),
                Field.decimal(
                        "recheckProgress",
                        row ->
                                row.now().state() == TorrentState.CHECKING
                                        ? row.now().progress().checked()
                                        : 0),
                Field.number("totalSize", row -> row.now().progress().totalBytes()),
                Field.number("sizeWhenDone", row -> row.now().progress().wantedBytes()),
                Field.number("leftUntilDone", row -> row.now().progress().leftBytes()),
                Field.number("haveValid", row -> row.now().progress().verifiedBytes()),
                Field.number("haveUnchecked", row -> row.now().progress().unverifiedBytes()),
                Field.number("pieceCount", row -> row.now().progress().pieceCount()),
                Field.number("pieceSize", row -> row.now().progress().pieceLength()),
                Field.number("eta", TorrentFields::eta),
                Field.number("etaIdle", TorrentFields::etaIdle),
                Field.number(
                        "secondsDownloading",
                        row -> row.now().secondsDownloading(row.moment().time())),
                Field.number(
                        "secondsSeeding", row -> row.now().secondsSeeding(row.moment().time())));
    }

    private static List<Field> transfer() {
        return List.of(
                Field.number("rateDownload", row -> row.now().transfer().downloadRate()),
                Field.number("rateUpload", row -> row.now().transfer().uploadRate()),
                Field.number("downloadedEver", row -> row.now().transfer().downloadedEverBytes()),
                Field.number("uploadedEver", row -> row.now().transfer().uploadedEverBytes()),
                Field.number("corruptEver", row -> row.now().transfer().corruptBytes()),
                Field.decimal("uploadRatio", row -> ratio(row.now())));
    }

    private static List<Field> limits() {
        return List.of(
                Field.number(
                        "bandwidthPriority", row -> option(row, TorrentOptions.BANDWIDTH_PRIORITY)),
                Field.number("downloadLimit", row -> limit(row, TorrentOptions.DOWNLOAD_LIMIT)),
                Field.flag("downloadLimited", row -> downloadLimited(row.now())),
                Field.number("uploadLimit", row -> limit(row, TorrentOptions.UPLOAD_LIMIT)),
                Field.flag("uploadLimited", row -> uploadLimited(row.now())),
                Field.flag(
                        "honorsSessionLimits",
                        row -> option(row, TorrentOptions.HONORS_SESSION_LIMITS)),
                Field.number("maxConnectedPeers", row -> row.now().swarm().limit()),
                Field.number("peer-limit", row -> row.now().swarm().limit()),
                Field.number("seedIdleLimit", row -> option(row, TorrentOptions.SEED_IDLE_LIMIT)),
                Field.number("seedIdleMode", row -> mode(row, TorrentOptions.SEED_IDLE_MODE)),
                Field.decimal(
                        "seedRatioLimit", row -> option(row, TorrentOptions.SEED_RATIO_LIMIT)),
                Field.number("seedRatioMode", row -> mode(row, TorrentOptions.SEED_RATIO_MODE)),
                Field.flag("sequential_download", row -> option(row, TorrentOptions.SEQUENTIAL)),
                Field.number(
                        "sequential_download_from_piece",
                        row -> option(row, TorrentOptions.SEQUENTIAL_FROM)));
    }

    static <T> T option(Row row, Setting<T> key) {
        return row.now().options().get(key);
    }

    private static int mode(Row row, Setting<LimitMode> key) {
        return switch (option(row, key)) {
            case SESSION -> 0;
            case OWN -> 1;
            case UNLIMITED -> 2;
        };
    }

    static boolean downloadLimited(TorrentSnapshot now) {
        return now.options().get(TorrentOptions.DOWNLOAD_LIMITED)
                && now.options().get(TorrentOptions.DOWNLOAD_LIMIT) > 0;
    }

    static boolean uploadLimited(TorrentSnapshot now) {
        return now.options().get(TorrentOptions.UPLOAD_LIMITED)
                && now.options().get(TorrentOptions.UPLOAD_LIMIT) > 0;
    }

    /** Seconds since 1970; 0 when it has not happened. */
    static long seconds(@Nullable Instant time) {
        return time == null ? 0 : time.getEpochSecond();
    }

    private static long limit(Row row, Setting<Long> key) {
        long bytes = option(row, key);
        return (bytes == 0 ? DEFAULT_LIMIT : bytes) / KILOBYTE;
    }

    private static <T> T metadata(Row row, T none, Function<Metainfo, T> value) {
        return row.metainfo().map(value).orElse(none);
    }

    private static String comment(Row row) {
        String own = option(row, TorrentOptions.COMMENT);
        return own.isEmpty() ? metadata(row, "", i -> i.comment().orElse("")) : own;
    }

    /** Transmission's numbers since protocol 14. */
    static int status(TorrentSnapshot now) {
        return switch (now.state()) {
            case STOPPED, PAUSED, ERROR -> 0;
            case CHECK_QUEUED -> 1;
            case CHECKING -> 2;
            case DOWNLOAD_QUEUED -> 3;
            case METADATA, DOWNLOADING -> 4;
            case SEED_QUEUED -> 5;
            case FINISHED, SEEDING -> 6;
        };
    }

    private static int error(TorrentError error) {
        return switch (error.kind()) {
            case TRACKER_WARNING -> 1;
            case TRACKER_ERROR -> 2;
            case DISK_FULL, STORE_MISSING, DISK_ERROR, METADATA, INTERNAL -> 3;
        };
    }

    private static double whole(Progress progress) {
        if (progress.pieceCount() == 0) {
            return 0;
        }
        return progress.complete() ? 1 : (double) progress.verifiedBytes() / progress.totalBytes();
    }

    /** Of what was downloaded, or of what was there already; of nothing there is no ratio. */
    private static double ratio(TorrentSnapshot now) {
        Transfer transfer = now.transfer();
        long base =
                transfer.downloadedEverBytes() > 0
                        ? transfer.downloadedEverBytes()
                        : now.progress().verifiedBytes();
        if (base > 0) {
            return (double) transfer.uploadedEverBytes() / base;
        }
        return transfer.uploadedEverBytes() > 0 ? UNKNOWN : NOT_AVAILABLE;
    }

    private static long eta(Row row) {
        TorrentSnapshot now = row.now();
        return switch (now.state()) {
            case METADATA, DOWNLOADING ->
                    now.progress().pieceCount() == 0
                            ? UNKNOWN
                            : time(now.progress().leftBytes(), now.transfer().downloadRate());
            case FINISHED, SEEDING -> seedEta(row);
            default -> NOT_AVAILABLE;
        };
    }

    private static long seedEta(Row row) {
        LimitMode mode = option(row, TorrentOptions.SEED_RATIO_MODE);
        boolean limited =
                mode == LimitMode.OWN
                        || (mode == LimitMode.SESSION
                                && row.moment().session().get(EngineSettings.RATIO_LIMIT_ENABLED));
        if (!limited) {
            return NOT_AVAILABLE;
        }
        double limit =
                mode == LimitMode.OWN
                        ? option(row, TorrentOptions.SEED_RATIO_LIMIT)
                        : row.moment().session().get(EngineSettings.RATIO_LIMIT);
        Transfer transfer = row.now().transfer();
        long base =
                transfer.downloadedEverBytes() > 0
                        ? transfer.downloadedEverBytes()
                        : row.now().progress().totalBytes();
        long left = Math.max(0, (long) (limit * base) - transfer.uploadedEverBytes());
        return time(left, transfer.uploadRate());
    }

    private static long time(long bytes, long rate) {
        return bytes == 0 ? 0 : rate > 0 ? bytes / rate : UNKNOWN;
    }

    private static long etaIdle(Row row) {
        Instant stop = row.now().turn().idleStop();
        return stop == null
                ? NOT_AVAILABLE
                : Math.max(0, Duration.between(row.moment().time(), stop).toSeconds());
    }
}
