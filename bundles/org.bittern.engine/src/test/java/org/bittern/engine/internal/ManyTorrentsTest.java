package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.done;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.AddTorrent.Start;
import org.bittern.api.engine.Settings;
import org.bittern.metainfo.InfoHash;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a restored torrent keeps in memory, of which there may be ten thousand. */
@Timeout(60)
class ManyTorrentsTest {
    @TempDir Path directory;
    private Machine machine;

    @BeforeEach
    void begin() throws Exception {
        machine = new Machine();
        machine.start(settings(), directory.resolve("state"));
        for (long seed = 1; seed <= 2; seed++) {
            Payload payload = Payload.single(seed + ".bin", 20_000, 16_384, seed);
            AddTorrent stopped = payload.request().starting(Start.STOPPED);
            machine.add(stopped);
        }
        machine.stop();
        machine.start(settings(), directory.resolve("state"));
    }

    private Settings settings() {
        return Machine.settings(directory.resolve("downloads"));
    }

    @AfterEach
    void end() {
        machine.close();
    }

    private <T> List<T> ofEach(Function<TorrentCore, T> question) {
        return machine.engine().torrents().stream()
                .map(torrent -> {
                    CompletableFuture<T> answer = new CompletableFuture<>();
                    TorrentHandle handle = (TorrentHandle) torrent;
                    handle.loop().execute(() -> answer.complete(question.apply(handle.core())));
                    return done(answer);
                })
                .toList();
    }

    @Test
    void forgetTheirPastWhenItIsTakenOver() {
        assertThat(ofEach(core -> core.beginning().resume().isPresent()))
                .containsExactly(false, false);
    }

    @Test
    void shareTheDirectoryTheyLieIn() {
        List<Path> lie = ofEach(core -> core.storage().places().directory());
        List<Path> belong = ofEach(core -> core.storage().places().destination());
        assertThat(lie).hasSize(2);
        assertThat(lie.get(1)).isSameAs(lie.get(0));
        assertThat(belong.get(0)).isSameAs(lie.get(0));
        assertThat(belong.get(1)).isSameAs(lie.get(0));
    }

    @Test
    void haveOneInfoHash() {
        for (InfoHash hash : ofEach(TorrentCore::infoHash)) {
            TorrentHandle handle = (TorrentHandle) machine.engine().torrent(hash).orElseThrow();
            assertThat(handle.storedAs()).isSameAs(hash);
            assertThat(handle.metainfo().orElseThrow().infoHash()).isSameAs(hash);
        }
    }
}
