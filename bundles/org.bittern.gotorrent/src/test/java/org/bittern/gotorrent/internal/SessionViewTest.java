package org.bittern.gotorrent.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.engine.TorrentView;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.metainfo.Bitfield;
import org.bittern.testkit.SnapshotBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is shown of a torrent and of its trackers when not all is well. */
class SessionViewTest {
    private static final Instant ASKED = Instant.parse("2026-05-06T07:08:09Z");

    @ParameterizedTest
    @EnumSource(TorrentError.Kind.class)
    void anErrorIsWhatStopsATorrentAndNotWhatATrackerSays(TorrentError.Kind kind) {
        boolean ofTracker =
                kind == TorrentError.Kind.TRACKER_WARNING
                        || kind == TorrentError.Kind.TRACKER_ERROR;
        Optional<TorrentError> error = Optional.of(new TorrentError(kind, "the reason"));
        assertThat(shown(error, List.of()).get("error")).isEqualTo(ofTracker ? null : "the reason");
    }

    @Test
    void withoutAnErrorThereIsNone() {
        assertThat(shown(Optional.empty(), List.of())).containsEntry("error", null);
    }

    @Test
    void aTrackerThatWasNotAskedHasNoFigures() {
        for (TrackerSnapshot.Status status :
                List.of(
                        TrackerSnapshot.Status.NOT_CONTACTED,
                        TrackerSnapshot.Status.ANNOUNCING,
                        TrackerSnapshot.Status.DISABLED)) {
            assertThat(trackers(tracker(0, status, "", null, false)).getFirst())
                    .containsEntry("url", "http://tracker/0")
                    .containsEntry("status", "not contacted")
                    .containsEntry("leechers", 0)
                    .containsEntry("seeders", 0)
                    .containsEntry("peers", 4)
                    .containsEntry("lastannounce", null)
                    .hasSize(6);
        }
    }

    @Test
    void eachTrackerOfEachTierSaysHowItsLastAnnounceEnded() {
        List<Map<String, @Nullable Object>> shown =
                trackers(
                        tracker(0, TrackerSnapshot.Status.WORKING, "a warning", ASKED, true),
                        tracker(1, TrackerSnapshot.Status.ERROR, "not registered", ASKED, false),
                        tracker(2, TrackerSnapshot.Status.ERROR, "", ASKED, false),
                        tracker(3, TrackerSnapshot.Status.ERROR, "no such host", null, false),
                        tracker(4, TrackerSnapshot.Status.ANNOUNCING, "", ASKED, true));
        assertThat(shown)
                .extracting(fields -> fields.get("url") + " " + fields.get("status"))
                .containsExactly(
                        "http://tracker/0 working",
                        "http://tracker/1 error: not registered",
                        "http://tracker/2 error: no answer",
                        "http://tracker/3 error: no such host",
                        "http://tracker/4 working");
        assertThat(shown)
                .extracting(fields -> fields.get("lastannounce"))
                .containsExactly(
                        "2026-05-06T07:08:09Z",
                        "2026-05-06T07:08:09Z",
                        "2026-05-06T07:08:09Z",
                        null,
                        "2026-05-06T07:08:09Z");
    }

    @SuppressWarnings("unchecked") // as SessionView makes them
    private static List<Map<String, @Nullable Object>> trackers(TrackerSnapshot... trackers) {
        Object shown = shown(Optional.empty(), List.of(trackers)).get("trackers");
        return (List<Map<String, @Nullable Object>>) Objects.requireNonNull(shown);
    }

    private static Map<String, @Nullable Object> shown(
            Optional<TorrentError> error, List<TrackerSnapshot> trackers) {
        TorrentView seen =
                new TorrentView(
                        new SnapshotBuilder(TorrentState.DOWNLOADING).error(error).build(),
                        new Bitfield(1),
                        trackers,
                        List.of());
        return new SessionView(seen, false).fields();
    }

    /**
     * Of a tier of its own; the numbers of a swarm are unknown, but for the peers that it named.
     */
    private static TrackerSnapshot tracker(
            int number,
            TrackerSnapshot.Status status,
            String message,
            @Nullable Instant last,
            boolean succeeded) {
        String url = "http://tracker/" + number;
        return new TrackerSnapshot(
                number, number, url, status, message, -1, -1, -1, 4, last, succeeded, null, null);
    }
}
