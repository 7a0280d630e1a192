package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is known of the DHT after a restart. */
@Timeout(60)
class MemoryTest {
    private static final long LONG_MILLIS = 50_000;

    @TempDir Path directory;
    private final Random random = new Random(33);

    private Contact node(String address, int port) {
        return new Contact(
                NodeId.random(random), new InetSocketAddress(InetAddress.ofLiteral(address), port));
    }

    @Test
    void nodesOfBothFamiliesOutliveTheEngine() {
        List<Contact> nodes =
                List.of(node("192.0.2.1", 1), node("2001:db8::1", 65_535), node("192.0.2.1", 2));
        Memory before = new Memory(new Workers());
        before.in(Optional.of(directory));
        assertThat(before.nodes()).isEmpty();
        before.keep(nodes.subList(0, 1));
        before.keep(nodes);
        before.keep(List.of());
        before.settle(LONG_MILLIS);
        Memory after = new Memory(new Workers());
        after.in(Optional.of(directory));
        assertThat(after.nodes())
                .containsExactlyInAnyOrderElementsOf(nodes.stream().map(Contact::address).toList());
    }

    @Test
    void nothingIsWrittenWithoutADirectory() throws Exception {
        Memory memory = new Memory(new Workers());
        memory.in(Optional.empty());
        memory.keep(List.of(node("192.0.2.1", 1)));
        memory.settle(LONG_MILLIS);
        assertThat(memory.nodes()).hasSize(1);
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void keepsNoMoreThanItReads() throws Exception {
        List<Contact> many = new ArrayList<>();
        for (int i = 0; i < 3 * NodeFile.MOST; i++) {
            many.add(node("192.0.2.1", i + 1));
            many.add(node("2001:db8::1", i + 1));
        }
        NodeFile file = new NodeFile(directory);
        file.save(many);
        assertThat(file.load()).hasSize(2 * NodeFile.MOST);
    }

    @Test
    void otherFilesAreRefused() throws Exception {
        NodeFile file = new NodeFile(directory);
        for (String text : List.of("", "d5:nodes", "x".repeat(1 << 20), "d5:nodesi1ee")) {
            Files.write(
                    directory.resolve(NodeFile.NAME), text.getBytes(StandardCharsets.ISO_8859_1));
            if (text.endsWith("ee")) {
                assertThat(file.load()).isEmpty();
            } else {
                assertThatThrownBy(file::load).as(text).isInstanceOf(IOException.class);
            }
            Memory memory = new Memory(new Workers());
            memory.in(Optional.of(directory));
            assertThat(memory.nodes()).isEmpty();
        }
    }
}
