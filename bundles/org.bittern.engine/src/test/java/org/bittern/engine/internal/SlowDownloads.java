package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentState;

/** What tests of an exchange begin with: a download that takes three seconds, until it need not. */
abstract class SlowDownloads extends TwoMachines {
    static final int BYTES = 6_000_000;
    static final int PIECE = 65_536;
    private static final long SLOW = 2_000_000;

    final Payload payload;

    SlowDownloads(int seed) {
        payload = Payload.single("one.bin", BYTES, PIECE, seed);
    }

    /** In the seeder, which has been started. */
    final Torrent whole() throws Exception {
        payload.write(there);
        Torrent torrent = seeder.add(payload.request());
        Waiting.state(torrent, TorrentState.SEEDING);
        return torrent;
    }

    /** From the seeder to the machine, which has been started. */
    final Torrent slowDownload() throws Exception {
        Torrent torrent = machine.add(payload.request().with(limit(true)));
        done(torrent.addPeer(address(seeder)));
        return torrent;
    }

    private static Settings limit(boolean enabled) {
        return Settings.EMPTY
                .with(TorrentOptions.DOWNLOAD_LIMIT, SLOW)
                .with(TorrentOptions.DOWNLOAD_LIMITED, enabled);
    }

    static void awaitBytes(Torrent torrent, int bytes) {
        Waiting.until(() -> torrent.snapshot().transfer().downloadedBytes() >= bytes);
    }

    /** The rest of it without a limit. */
    final void complete(Torrent torrent) throws Exception {
        done(torrent.setOptions(limit(false)));
        Waiting.state(torrent, TorrentState.SEEDING);
        assertThat(payload.wrongFiles(here)).isEmpty();
    }
}
