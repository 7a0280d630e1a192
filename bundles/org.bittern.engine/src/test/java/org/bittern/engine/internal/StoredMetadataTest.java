package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.engine.internal.Waiting.address;
import static org.bittern.engine.internal.Waiting.done;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentState;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BWriter;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.state.SessionState;
import org.bittern.state.file.internal.FileStateStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What peers have told of a link (BEP 9) outlives the engine. */
@Timeout(60)
class StoredMetadataTest extends TwoMachines {
    private Path state;

    @BeforeEach
    void begin() {
        state = directory.resolve("state");
    }

    private Torrent magnet(InfoHash infoHash) throws Exception {
        return machine.add(AddTorrent.link(Magnet.of(infoHash)));
    }

    private Torrent restart() throws Exception {
        machine.stop();
        machine.start(Machine.settings(here), state);
        return machine.engine().torrents().getFirst();
    }

    @Test
    void metadataThatCouldNotBeStoredAtFirstIsStoredLater() throws Exception {
        Payload payload = Payload.single("one.bin", 50_000, 16_384, 91);
        payload.write(there);
        seeder.start(Machine.settings(there));
        Waiting.state(seeder.add(payload.request()), TorrentState.SEEDING);
        SmallDisk disk = new SmallDisk(new FileStateStore().open(state));
        machine.start(Machine.settings(here), disk.state());
        Torrent torrent = magnet(payload.metainfo().infoHash());
        done(torrent.addPeer(address(seeder)));
        Waiting.state(torrent, TorrentState.SEEDING);
        Waiting.until(() -> disk.refused.get() > 0);
        AtomicInteger changes = new AtomicInteger();
        Waiting.until(() -> {
            // what is changed is stored soon, and not in half a minute only
            done(torrent.setLabels(List.of("x" + changes.incrementAndGet())));
            return disk.stored.get() > 0;
        });
        Torrent again = restart();
        assertThat(again.metainfo()).isPresent();
        Waiting.state(again, TorrentState.SEEDING);
    }

    /** A disk that has no room for the first torrent file. */
    private record SmallDisk(SessionState kept, AtomicInteger refused, AtomicInteger stored) {
        SmallDisk(SessionState kept) {
            this(kept, new AtomicInteger(), new AtomicInteger());
        }

        SessionState state() {
            return (SessionState)
                    Proxy.newProxyInstance(
                            SessionState.class.getClassLoader(),
                            new Class<?>[] {SessionState.class},
                            (proxy, method, arguments) -> call(method, arguments));
        }

        private Object call(Method method, Object[] arguments) throws Throwable {
            boolean file =
                    method.getName().equals("saveTorrent") && ((byte[]) arguments[1])[0] == 'd';
            if (file && refused.getAndIncrement() == 0) {
                throw new IOException("no space left");
            }
            try {
                Object result = method.invoke(kept, arguments);
                stored.addAndGet(file ? 1 : 0);
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    /** Longer than torrent files of strangers may be. */
    @Test
    void metadataOfElevenMebibytesIsFetchedAndStored() throws Exception {
        byte[] info =
                BWriter.write(
                        BDict.builder()
                                .put("length", 5)
                                .put("more", new byte[11 << 20])
                                .put("name", "long")
                                .put("piece length", 16_384)
                                .put("pieces", new byte[20])
                                .build());
        InfoHash infoHash = Metainfo.parseInfo(info).infoHash();
        machine.start(Machine.settings(here), state);
        Torrent torrent = magnet(infoHash);
        try (Stranger stranger = new Stranger(address(machine), infoHash.wireHash(), info.length)) {
            stranger.tell(info);
            Waiting.until(() -> torrent.metainfo().isPresent());
        }
        Torrent again = restart();
        assertThat(again.metainfo().orElseThrow().rawInfo().remaining()).isEqualTo(info.length);
    }
}
