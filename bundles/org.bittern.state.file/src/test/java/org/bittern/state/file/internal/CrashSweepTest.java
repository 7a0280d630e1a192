package org.bittern.state.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.state.SessionState.StoredTorrent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stops the session after every single step on files and opens it again: each item must be as it
 * was before or after the call that was under way, and what was returned from must stand.
 */
class CrashSweepTest {
    private static final byte[] TORRENT = TestTorrents.torrent("a");
    private static final byte[] OTHER = TestTorrents.torrent("b");
    private static final InfoHash HASH = TestTorrents.hash(TORRENT);
    private static final InfoHash OTHER_HASH = TestTorrents.hash(OTHER);
    private static final int POWER_LOSSES_PER_STEP = 12;

    @TempDir Path directory;

    /** One call on the session. */
    private interface Call {
        void on(FileSession session) throws IOException;
    }

    /** A call and what it does to the items. */
    private record Step(Call call, Map<String, String> changes) {}

    private static final List<Step> STEPS =
            List.of(
                    step(s -> s.saveSettings(Map.of("port", 1)), "settings", "{port=1}"),
                    step(
                            s -> s.saveTorrent(HASH, TestTorrents.magnet(HASH)),
                            HASH.hex(),
                            text(TestTorrents.magnet(HASH))),
                    step(
                            s -> s.saveResume(HASH, TestTorrents.resume("1")),
                            "resume " + HASH,
                            text(TestTorrents.resume("1"))),
                    step(s -> s.saveTorrent(HASH, TORRENT), HASH.hex(), text(TORRENT)),
                    step(
                            s -> s.saveResume(HASH, TestTorrents.resume("2")),
                            "resume " + HASH,
                            text(TestTorrents.resume("2"))),
                    step(s -> s.saveTorrent(OTHER_HASH, OTHER), OTHER_HASH.hex(), text(OTHER)),
                    step(
                            s -> s.saveLedger(Map.of("labels", List.of("x"))),
                            "ledger",
                            "{labels=[x]}"),
                    step(s -> s.saveSettings(Map.of("port", 2)), "settings", "{port=2}"),
                    step(s -> s.saveSettings(Map.of("port", 3)), "settings", "{port=3}"),
                    step(
                            s -> s.saveResume(HASH, TestTorrents.resume("3")),
                            "resume " + HASH,
                            text(TestTorrents.resume("3"))),
                    step(s -> s.saveBlob("dht", new byte[] {'1'}), "blob", "1"),
                    step(s -> s.saveBlob("dht", new byte[] {'2'}), "blob", "2"),
                    new Step(
                            s -> s.removeTorrent(HASH),
                            Map.of(HASH.hex(), "", "resume " + HASH, "")));

    private static Step step(Call call, String item, String value) {
        return new Step(call, Map.of(item, value));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    @Timeout(60)
    void survivesLossOfPowerAfterEveryStep() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int steps = 0;
        boolean crashed = true;
        while (crashed) {
            for (int i = 0; i < POWER_LOSSES_PER_STEP; i++) {
                Path session = Files.createDirectories(directory.resolve(steps + "-" + i));
                MemoryFileOps disk = new MemoryFileOps();
                Runnable reboot = () -> disk.losePower(random);
                crashed = sweep(session, disk, steps, reboot);
            }
            steps++;
        }
        assertThat(steps).as("steps that were stopped after").isGreaterThan(100);
    }

    @Test
    @Timeout(60)
    void survivesKillAfterEveryStepOnTheRealDisk() throws IOException {
        int steps = 0;
        while (sweep(directory.resolve("s" + steps), new DiskFileOps(), steps, () -> {})) {
            steps++;
        }
        assertThat(steps).as("steps that were stopped after").isGreaterThan(100);
    }

    /** Returns whether the crash came before the end. */
    private static boolean sweep(Path session, FileOps disk, int steps, Runnable reboot)
            throws IOException {
        Files.createDirectories(session);
        new FileSession(session, disk).close();
        CrashingFileOps ops = new CrashingFileOps(disk, steps);
        Map<String, String> before = new TreeMap<>();
        Map<String, String> after = new TreeMap<>();
        boolean opened = false;
        try {
            FileSession live = new FileSession(session, ops);
            opened = true;
            run(live, before, after);
            live.close();
            live.abandon();
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("crashed");
        }
        boolean inTheMiddle = opened && ops.crashed() && !after.containsKey("closing");
        before.remove("closing");
        after.remove("closing");
        reboot.run();
        FileSession again = new FileSession(session, disk);
        try {
            check(again, before, after, "crash after step " + steps);
            if (inTheMiddle) {
                assertThat(again.afterCrash()).as("crash after step " + steps).isTrue();
            } else if (!ops.crashed()) {
                assertThat(again.afterCrash()).as("closed in good order").isFalse();
            }
        } finally {
            again.close();
        }
        return ops.crashed();
    }

    private static void run(FileSession live, Map<String, String> before, Map<String, String> after)
            throws IOException {
        try {
            for (Step step : STEPS) {
                after.putAll(step.changes);
                step.call.on(live);
                before.putAll(step.changes);
            }
        } catch (IOException e) {
            live.abandon();
            throw e;
        }
        after.put("closing", "");
    }

    private static void check(
            FileSession session, Map<String, String> before, Map<String, String> after, String when)
            throws IOException {
        Map<String, String> found = items(session);
        assertThat(after.keySet()).as(when).containsAll(found.keySet());
        after.forEach((item, value) ->
                assertThat(found.getOrDefault(item, ""))
                        .as(when + ": " + item)
                        .isIn(before.getOrDefault(item, ""), value));
    }

    private static Map<String, String> items(FileSession session) throws IOException {
        Map<String, String> items = new TreeMap<>();
        Map<String, Object> settings = session.settings();
        if (!settings.isEmpty()) {
            items.put("settings", settings.toString());
        }
        Map<String, Object> ledger = session.ledger();
        if (!ledger.isEmpty()) {
            items.put("ledger", ledger.toString());
        }
        session.blob("dht").ifPresent(blob -> items.put("blob", text(blob)));
        for (StoredTorrent torrent : session.torrents()) {
            items.put(torrent.infoHash().hex(), text(torrent.source()));
            torrent.resume()
                    .ifPresent(resume -> items.put("resume " + torrent.infoHash(), text(resume)));
        }
        return items;
    }
}
