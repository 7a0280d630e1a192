package org.bittern.blocklist.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.bittern.api.engine.Blocklist.Update;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.bittern.spi.net.Downloads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BlocklistsTest {
    private static final Settings ON =
            Settings.EMPTY
                    .with(NetworkSettings.BLOCKLIST_ENABLED, true)
                    .with(NetworkSettings.BLOCKLIST_URL, "http://lists.invalid/x");
    private static final InetAddress BAD = InetAddress.ofLiteral("10.0.0.1");
    private static final InetAddress WORSE = InetAddress.ofLiteral("10.0.0.2");

    @TempDir Path directory;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final AtomicInteger changes = new AtomicInteger();
    private String served = "";
    private final Downloads downloads =
            (url, maxBytes, within, to) -> {
                if (served.isEmpty()) {
                    throw new IOException("the server answers with status 404");
                }
                to.write(served.getBytes(StandardCharsets.UTF_8));
                return served.length();
            };
    private final Blocklists lists = new Blocklists(downloads, waiting::add);

    private Update updated() {
        CompletableFuture<Update> update = lists.update().toCompletableFuture();
        waiting.remove().run();
        return update.join();
    }

    private void put(String name, String text) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("blocklists"));
        Files.writeString(folder.resolve(name), text);
    }

    @Test
    void obeysFilesAndTheSwitch() throws Exception {
        put("mine.p2p", "x:10.0.0.1-10.0.0.1\n");
        put("broken", "not a list");
        put(".hidden", "10.0.0.2\n");
        lists.onChange(changes::incrementAndGet);
        lists.obey(Settings.EMPTY, Optional.of(directory));
        assertThat(lists.loadedRules()).isEqualTo(1);
        assertThat(lists.rules()).isZero();
        assertThat(lists.blocks(BAD)).isFalse();
        lists.obey(ON, Optional.of(directory));
        assertThat(lists.rules()).isEqualTo(1);
        assertThat(lists.blocks(BAD)).isTrue();
        assertThat(lists.blocks(WORSE)).isFalse();
        int told = changes.get();
        lists.obey(ON, Optional.of(directory));
        assertThat(changes.get()).as("nothing changed").isEqualTo(told);
        put("more", "10.0.0.2\n");
        lists.obey(ON, Optional.of(directory));
        assertThat(lists.blocks(WORSE)).isTrue();
        assertThat(changes.get()).isGreaterThan(told);
    }

    @Test
    void isReadyOnceItHasObeyedBeItSwitchedOff() throws Exception {
        put("mine.p2p", "x:10.0.0.1-10.0.0.1\n");
        assertThat(lists.ready()).isFalse();
        lists.onChange(() -> assertThat(lists.ready()).isTrue());
        lists.onChange(changes::incrementAndGet);
        lists.obey(Settings.EMPTY, Optional.of(directory));
        assertThat(lists.ready()).isTrue();
        assertThat(changes).hasPositiveValue();
    }

    @Test
    void aDamagedListIsLeftOutAsAWhole() throws Exception {
        put("mine.p2p", "x:10.0.0.2-10.0.0.2\n");
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write("10.0.0.1\n".getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 100_000; i++) {
                int end = i * 7919; // no two alike
                String line = "11.%d.%d.%d\n".formatted(end >> 16 & 255, end >> 8 & 255, end & 255);
                out.write(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        byte[] half = Arrays.copyOf(packed.toByteArray(), packed.size() / 2);
        Files.write(directory.resolve("blocklists").resolve("cut.gz"), half);
        lists.obey(ON, Optional.of(directory));
        assertThat(lists.blocks(BAD)).isFalse();
        assertThat(lists.blocks(WORSE)).isTrue();
        assertThat(lists.rules()).isEqualTo(1);
    }

    @Test
    void updateReplacesWhatWasFetchedAndKeepsFiles() throws Exception {
        put("mine.p2p", "x:10.0.0.1-10.0.0.1\n");
        lists.obey(ON, Optional.of(directory));
        served = "10.0.0.2\n10.0.0.3\n";
        assertThat(updated()).isEqualTo(new Update(3, Optional.empty()));
        assertThat(lists.blocks(WORSE)).isTrue();
        served = "10.9.9.9\n";
        assertThat(updated()).isEqualTo(new Update(2, Optional.empty()));
        assertThat(lists.blocks(WORSE)).isFalse();
        assertThat(lists.blocks(BAD)).isTrue();
        Blocklists later = new Blocklists(downloads, waiting::add);
        later.obey(ON, Optional.of(directory));
        assertThat(later.rules()).as("kept over a restart").isEqualTo(2);
    }

    @Test
    void aFailedUpdateLeavesTheOldRules() throws Exception {
        lists.obey(ON, Optional.of(directory));
        served = "10.0.0.2\n";
        updated();
        served = "";
        assertThat(updated())
                .isEqualTo(new Update(1, Optional.of("the server answers with status 404")));
        served = "<html>";
        assertThat(updated().problem()).get().asString().contains("no rule");
        served = "# nothing\n";
        assertThat(updated().problem()).contains("the list is empty");
        assertThat(lists.blocks(WORSE)).isTrue();
        try (var files = Files.list(directory.resolve("blocklists"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("fetched");
        }
    }

    @Test
    void askersMeanwhileGetTheSameAnswer() {
        lists.obey(ON, Optional.of(directory));
        served = "10.0.0.2\n";
        CompletableFuture<Update> first = lists.update().toCompletableFuture();
        CompletableFuture<Update> second = lists.update().toCompletableFuture();
        assertThat(waiting).hasSize(1);
        waiting.remove().run();
        assertThat(second.join()).isEqualTo(first.join());
    }

    @Test
    void worksWithoutADataDirectoryAndWithoutAUrlNot() {
        lists.obey(ON, Optional.empty());
        served = "10.0.0.2\n";
        assertThat(updated()).isEqualTo(new Update(1, Optional.empty()));
        assertThat(lists.blocks(WORSE)).isTrue();
        lists.obey(ON.with(NetworkSettings.BLOCKLIST_URL, ""), Optional.empty());
        assertThat(updated().problem()).contains("blocklist-url is not set");
        assertThat(lists.blocks(WORSE)).isTrue();
    }
}
