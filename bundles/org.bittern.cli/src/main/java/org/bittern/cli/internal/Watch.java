package org.bittern.cli.internal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.terminal.CommandFailure;
import org.bittern.terminal.Printable;

/** Watches torrents until they are done or have failed, and shows it. Used by one thread. */
final class Watch {
    private static final int POLL_MILLIS = 200;
    private static final int MILLIS_PER_SECOND = 1000;

    private final Session session;
    private final List<Torrent> torrents;
    private final long waitPolls;
    private final boolean json;
    private long lonelyPolls; // polls in a row at which nobody was connected and nothing had come
    private long downloadedBytes; // of all torrents, at the last poll

    /**
     * Makes a watch.
     *
     * @param waitSeconds give up after this long without a connected peer and without data; 0 =
     *     never
     * @param json tell the outcome for programs
     */
    Watch(Session session, List<Torrent> torrents, int waitSeconds, boolean json) {
        this.session = session;
        this.torrents = torrents;
        this.waitPolls = (long) waitSeconds * MILLIS_PER_SECOND / POLL_MILLIS;
        this.json = json;
    }

    /**
     * Waits until all torrents are complete.
     *
     * @return false when the process is being stopped
     * @throws CommandFailure a torrent failed, or nobody has it
     */
    boolean untilComplete() {
        try (Progress progress = Progress.on(session.terminal(), json)) {
            while (true) {
                List<TorrentSnapshot> now = snapshots();
                progress.show(now);
                now.forEach(Watch::requireNoError);
                if (now.stream().allMatch(Watch::done)) {
                    break;
                }
                requirePeers(now);
                if (session.stop().within(POLL_MILLIS)) {
                    return false;
                }
            }
        }
        snapshots().forEach(this::report);
        return true;
    }

    /** Shows uploads until the process is stopped. */
    void untilStopped() {
        try (Progress progress = Progress.on(session.terminal(), json)) {
            do {
                List<TorrentSnapshot> now = snapshots();
                progress.show(now);
                now.forEach(Watch::requireNoError);
            } while (!session.stop().within(POLL_MILLIS));
        }
    }

    private List<TorrentSnapshot> snapshots() {
        return torrents.stream().map(Torrent::snapshot).toList();
    }

    private static boolean done(TorrentSnapshot torrent) {
        return torrent.progress().fraction() >= 1
                && (torrent.state() == TorrentState.SEEDING
                        || torrent.state() == TorrentState.FINISHED);
    }

    private static void requireNoError(TorrentSnapshot torrent) {
        if (torrent.state() == TorrentState.ERROR) {
            throw new CommandFailure(
                    torrent.name()
                            + ": "
                            + torrent.error().map(TorrentError::message).orElse("failed"));
        }
    }

    /** A web seed is no peer, and nobody knows that it is of use before something comes from it. */
    private void requirePeers(List<TorrentSnapshot> now) {
        long before = downloadedBytes;
        downloadedBytes = now.stream().mapToLong(t -> t.transfer().downloadedBytes()).sum();
        boolean lonely =
                downloadedBytes == before
                        && now.stream()
                                .filter(torrent -> !done(torrent))
                                .allMatch(torrent ->
                                        torrent.swarm().connected() == 0
                                                && torrent.state() != TorrentState.CHECKING
                                                && torrent.state() != TorrentState.CHECK_QUEUED);
        lonelyPolls = lonely ? lonelyPolls + 1 : 0;
        if (waitPolls > 0 && lonelyPolls >= waitPolls) {
            throw new CommandFailure(
                    "no peer connected for %d s%s"
                            .formatted(
                                    waitPolls * POLL_MILLIS / MILLIS_PER_SECOND, trackerTrouble()));
        }
    }

    /** What the trackers said, as far as they failed. */
    private String trackerTrouble() {
        List<String> troubles = new ArrayList<>();
        for (Torrent torrent : torrents) {
            for (TrackerSnapshot tracker : Session.answer(torrent.trackers())) {
                if (!tracker.message().isEmpty()) {
                    troubles.add(tracker.message());
                }
            }
        }
        return troubles.isEmpty() ? "" : "; tracker: " + troubles.getFirst();
    }

    private void report(TorrentSnapshot torrent) {
        if (json) {
            ObjectNode line = new ObjectMapper().createObjectNode();
            line.put("id", torrent.id());
            line.put("name", torrent.name());
            line.put("directory", torrent.saveDirectory().toString());
            line.put("complete", true);
            line.put("bytes", torrent.progress().wantedBytes());
            line.put("downloaded", torrent.transfer().downloadedBytes());
            line.put("uploaded", torrent.transfer().uploadedBytes());
            line.put("hash_failures", torrent.transfer().hashFailures());
            session.terminal().say(line.toString());
        } else {
            session.terminal()
                    .say(
                            "%s: complete, %s in %s"
                                    .formatted(
                                            Printable.line(torrent.name()),
                                            Printable.bytes(torrent.progress().wantedBytes()),
                                            torrent.saveDirectory()));
        }
    }
}
