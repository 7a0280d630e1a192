package org.bittern.state.file.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.state.SessionState;
import org.bittern.spi.state.SessionState.StoredTorrent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileSessionTest {
    private static final byte[] TORRENT = TestTorrents.torrent("a");
    private static final InfoHash HASH = TestTorrents.hash(TORRENT);

    @TempDir Path root;
    private final FileStateStore store = new FileStateStore();

    @AfterEach
    void release() {
        store.stop();
    }

    private Path directory() {
        return root.resolve("deep").resolve("session");
    }

    private SessionState open() throws IOException {
        return store.open(directory());
    }

    @Test
    void keepsSettingsInTheOrderOfTheirKeys() throws IOException {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("z", "grün \" \\ \n \u0001");
        settings.put("a", 1L << 40);
        settings.put("ratio", 1.5);
        settings.put("on", true);
        settings.put("list", List.of("x", 2L, Map.of("deep", List.of())));
        try (SessionState session = open()) {
            assertThat(session.settings()).isEmpty();
            session.saveSettings(settings);
        }
        try (SessionState session = open()) {
            assertThat(session.settings()).isEqualTo(settings);
            assertThat(session.settings().keySet())
                    .containsExactly("z", "a", "ratio", "on", "list");
        }
        assertThat(Files.readString(directory().resolve("settings.json")))
                .startsWith("{\n    \"z\": \"grün ")
                .endsWith("}\n");
    }

    @Test
    void letsOnlyTheOwnerReadWhatItWrites() throws IOException {
        try (SessionState session = open()) {
            session.saveSettings(Map.of("rpc-password", "secret"));
            session.saveSettings(Map.of("rpc-password", "other"));
            session.saveTorrent(HASH, TORRENT);
        }
        assertThat(permissions(directory())).isEqualTo("rwx------");
        for (String file :
                List.of("settings.json", "settings.json.prev", "torrents/" + HASH + ".torrent")) {
            assertThat(permissions(directory().resolve(file))).as(file).isEqualTo("rw-------");
        }
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    /** Its piece layers alone are more than a torrent file of a stranger may have. */
    @Test
    void keepsATorrentOfManyPiecesWithItsLayers() throws Exception {
        byte[] torrent = TestTorrents.torrentWithLayer(320_000);
        try (SessionState session = open()) {
            session.saveTorrent(TestTorrents.hash(torrent), torrent);
        }
        try (SessionState session = open()) {
            assertThat(session.torrents().getFirst().source()).isEqualTo(torrent);
        }
    }

    @Test
    void takesThePreviousGenerationWhenTheNewestIsTorn() throws IOException {
        Path settings = directory().resolve("settings.json");
        try (SessionState session = open()) {
            session.saveSettings(Map.of("port", 1L));
            session.saveSettings(Map.of("port", 2L));
        }
        Files.writeString(settings, "{\"port\": ");
        try (SessionState session = open()) {
            assertThat(session.settings()).isEqualTo(Map.of("port", 1L));
            session.saveSettings(Map.of("port", 3L));
        }
        // the torn file did not push out the sound one, and is still there to look at
        assertThat(settings.resolveSibling("settings.json.prev")).content().contains("1");
        assertThat(settings.resolveSibling("settings.json.broken")).hasContent("{\"port\": ");
    }

    @Test
    void saysWhatIsWrongWithSettingsThatHaveNoPreviousGeneration() throws IOException {
        Files.createDirectories(directory());
        Files.writeString(directory().resolve("settings.json"), "{\n  \"a\": 1,\n}\n");
        try (SessionState session = open()) {
            assertThatThrownBy(session::settings)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("settings.json")
                    .hasMessageContaining("line 3 column 1");
        }
    }

    @Test
    void keepsTorrentsLinksAndResumeData() throws IOException {
        byte[] other = TestTorrents.torrent("b");
        InfoHash otherHash = TestTorrents.hash(other);
        try (SessionState session = open()) {
            session.saveTorrent(HASH, TestTorrents.magnet(HASH));
            session.saveTorrent(otherHash, other);
            session.saveResume(otherHash, TestTorrents.resume("x"));
        }
        try (SessionState session = open()) {
            List<StoredTorrent> torrents = session.torrents();
            assertThat(torrents).extracting(StoredTorrent::infoHash).contains(HASH, otherHash);
            assertThat(torrent(torrents, HASH).source()).isEqualTo(TestTorrents.magnet(HASH));
            assertThat(torrent(torrents, HASH).resume()).isEmpty();
            assertThat(torrent(torrents, otherHash).resume()).hasValue(TestTorrents.resume("x"));
            session.saveTorrent(HASH, TORRENT);
            assertThat(torrent(session.torrents(), HASH).source()).isEqualTo(TORRENT);
            session.removeTorrent(HASH);
            session.removeTorrent(otherHash);
            assertThat(session.torrents()).isEmpty();
        }
        assertThat(directory().resolve("torrents")).isEmptyDirectory();
        assertThat(directory().resolve("resume")).isEmptyDirectory();
    }

    private static StoredTorrent torrent(List<StoredTorrent> torrents, InfoHash infoHash) {
        return torrents.stream().filter(t -> t.infoHash().equals(infoHash)).findAny().orElseThrow();
    }

    @Test
    void leavesOutTorrentsThatCannotBeRead() throws IOException {
        Path torrents = directory().resolve("torrents");
        try (SessionState session = open()) {
            session.saveTorrent(HASH, TORRENT);
            Files.write(torrents.resolve("0".repeat(40) + ".torrent"), TORRENT); // another one's id
            Files.write(torrents.resolve("1".repeat(40) + ".torrent"), new byte[0]);
            Files.writeString(torrents.resolve("2".repeat(40) + ".magnet"), "magnet:?dn=no-hash");
            Files.write(torrents.resolve("notes.torrent"), TORRENT);
            assertThat(session.torrents())
                    .extracting(StoredTorrent::infoHash)
                    .containsExactly(HASH);
        }
    }

    @Test
    void dropsResumeDataThatIsBroken() throws IOException {
        try (SessionState session = open()) {
            session.saveTorrent(HASH, TORRENT);
            Path resume = directory().resolve("resume").resolve(HASH + ".resume");
            Files.writeString(resume, "d4:mark1:");
            assertThat(torrent(session.torrents(), HASH).resume()).isEmpty();
            session.saveResume(HASH, TestTorrents.resume("1"));
            session.saveResume(HASH, TestTorrents.resume("2"));
            Files.writeString(resume, "");
            assertThat(torrent(session.torrents(), HASH).resume())
                    .hasValue(TestTorrents.resume("1"));
        }
    }

    @Test
    void refusesASecondOwnerAndNamesTheDirectory() throws IOException {
        try (SessionState session = open()) {
            session.saveSettings(Map.of());
            assertThatThrownBy(this::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(directory().toString())
                    .hasMessageContaining("in use by process " + ProcessHandle.current().pid());
        }
        open().close();
    }

    @Test
    void refusesADirectoryThatAnotherProcessUses() throws Exception {
        open().close();
        Process other =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                SessionHolder.class.getName(),
                                directory().toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("open");
            assertThatThrownBy(this::open).hasMessageContaining("in use by process " + other.pid());
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        try (SessionState session = open()) {
            assertThat(session.afterCrash()).isTrue();
        }
    }

    @Test
    void knowsWhetherTheLastOwnerGotToCloseIt() throws IOException {
        try (SessionState first = open()) {
            assertThat(first.afterCrash()).as("new").isFalse();
        }
        try (SessionState second = open()) {
            assertThat(second.afterCrash()).as("closed").isFalse();
            store.stop(); // the bundle goes while its session is open
            assertThatThrownBy(second::settings).hasMessageContaining("is closed");
        }
        try (SessionState third = open()) {
            assertThat(third.afterCrash()).as("abandoned").isTrue();
        }
        try (SessionState fourth = open()) {
            assertThat(fourth.afterCrash()).as("closed again").isFalse();
        }
    }

    @Test
    void takesNoNameThatLeadsOutOfItsDirectory() throws IOException {
        try (SessionState session = open()) {
            session.saveBlob("dht.nodes", new byte[] {1});
            assertThat(session.blob("dht.nodes")).hasValue(new byte[] {1});
            assertThat(session.blob("other")).isEmpty();
            session.saveBlob("dht.nodes", new byte[0]);
            assertThat(session.blob("dht.nodes")).isEmpty();
            for (String name : List.of("", ".", "..", "../x", "a/b", "a\\b", "x.prev", "x.tmp")) {
                assertThatThrownBy(() -> session.saveBlob(name, new byte[] {1}))
                        .as(name)
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void refusesWhatItWouldNotReadAgain() throws IOException {
        try (SessionState session = open()) {
            byte[] large = new byte[Format.BLOB.maxBytes() + 1];
            assertThatThrownBy(() -> session.saveBlob("large", large))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("at most");
            assertThat(session.blob("large")).isEmpty();
            Files.write(directory().resolve("blobs").resolve("large"), large);
            assertThatThrownBy(() -> session.blob("large")).hasMessageContaining("allowed");
        }
    }

    @Test
    void removesLeftOversOfWritesThatWereCutOff() throws IOException {
        open().close();
        Path left = Files.writeString(directory().resolve("settings.json.tmp"), "{");
        open().close();
        assertThat(left).doesNotExist();
    }
}
