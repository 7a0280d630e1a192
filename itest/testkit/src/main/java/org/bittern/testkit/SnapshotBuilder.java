package org.bittern.testkit;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.engine.TorrentState;
import org.bittern.metainfo.InfoHash;
import org.jspecify.annotations.Nullable;

/**
 * A torrent of which a test needs a few values; the others are zero, empty or ordinary. For one
 * thread.
 */
public final class SnapshotBuilder {
    private static final Path DIRECTORY = Path.of("/");

    private final TorrentState state;
    private long revision = 1;
    private int number = 1;
    private InfoHash infoHash = InfoHash.ofV1(new byte[InfoHash.V1_BYTES]);
    private String name = "name";
    private TorrentSnapshot.Progress progress =
            new TorrentSnapshot.Progress(1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    private TorrentSnapshot.Transfer transfer =
            new TorrentSnapshot.Transfer(0, 0, 0, 0, 0, 0, 0, 0, 0);
    private int connected;
    private @Nullable Instant edited; // null: never
    private Optional<TorrentError> error = Optional.empty();

    /** Torrent 1 in this state, as revision 1. */
    public SnapshotBuilder(TorrentState state) {
        this.state = state;
    }

    /** Which torrent, and which change of it. */
    public SnapshotBuilder of(int itsNumber, long itsRevision) {
        number = itsNumber;
        revision = itsRevision;
        return this;
    }

    /** Which torrent, for its peers. */
    public SnapshotBuilder infoHash(InfoHash its) {
        infoHash = its;
        return this;
    }

    /** What it is called. */
    public SnapshotBuilder name(String its) {
        name = its;
        return this;
    }

    /** How much is there. */
    public SnapshotBuilder progress(TorrentSnapshot.Progress its) {
        progress = its;
        return this;
    }

    /** What moved. */
    public SnapshotBuilder transfer(TorrentSnapshot.Transfer its) {
        transfer = its;
        return this;
    }

    /** How many peers are connected. */
    public SnapshotBuilder connected(int peers) {
        connected = peers;
        return this;
    }

    /** When its user changed something last. */
    public SnapshotBuilder edited(Instant its) {
        edited = its;
        return this;
    }

    /** What is wrong with it. */
    public SnapshotBuilder error(Optional<TorrentError> its) {
        error = its;
        return this;
    }

    /** The torrent at this moment. */
    public TorrentSnapshot build() {
        return new TorrentSnapshot(
                revision,
                number,
                infoHash,
                name,
                state,
                progress,
                transfer,
                new TorrentSnapshot.Swarm(
                        connected,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        TorrentSnapshot.Origins.NONE,
                        Optional.empty()),
                new TorrentSnapshot.Times(Instant.EPOCH, null, null, null, edited, 0, 0, null),
                DIRECTORY,
                new TorrentSnapshot.Storage(DIRECTORY, Optional.empty(), 1),
                0,
                TorrentSnapshot.Turn.ORDINARY,
                error,
                Settings.EMPTY,
                List.of());
    }
}
