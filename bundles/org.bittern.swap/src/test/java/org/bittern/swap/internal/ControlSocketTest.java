package org.bittern.swap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ControlSocketTest {
    /** Not one of JUnit's: its path may be too long for a socket. */
    private Path folder = Path.of(".");

    private Path file = Path.of(".");

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "swap-");
        file = folder.resolve("control/socket");
    }

    @AfterEach
    void removeFolder() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(folder.resolve("control"));
        Files.delete(folder);
    }

    private ControlSocket open() throws IOException {
        return ControlSocket.open(
                folder.resolve("control"),
                words -> {
                    if (words.getFirst().equals("refuse")) {
                        throw new Refusal("no");
                    }
                    return String.join("|", words);
                });
    }

    private String answer(byte[] request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            channel.write(ByteBuffer.wrap(request));
            channel.shutdownOutput();
            return new String(
                    Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String answer(String request) throws IOException {
        return answer(request.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void takesCommandsAgainWhenThereAreFilesAgain() throws IOException {
        AtomicInteger failures = new AtomicInteger(2);
        ControlSocket.Door door =
                server -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new IOException("Too many open files");
                    }
                    return server.accept();
                };
        try (ControlSocket _ =
                ControlSocket.open(folder.resolve("control"), door, List::getFirst)) {
            assertThat(answer("ls\n")).isEqualTo("0\nls\n");
        }
        assertThat(failures).hasValueLessThanOrEqualTo(0);
    }

    @Test
    void answersEachConnectionOnce() throws IOException {
        try (ControlSocket _ = open()) {
            assertThat(answer("ls\n")).isEqualTo("0\nls\n");
            assertThat(answer("add\u001fä b\n")).isEqualTo("0\nadd|ä b\n");
            assertThat(answer("refuse\n")).isEqualTo("1\nno\n");
        }
    }

    @Test
    void isOpenToItsUserOnly() throws IOException {
        try (ControlSocket _ = open()) {
            assertThat(Files.getPosixFilePermissions(file))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(Files.getPosixFilePermissions(folder.resolve("control")))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void aDataDirectoryThatItHasToMakeIsForItsUserOnly() throws IOException {
        Path data = folder.resolve("data");
        try (ControlSocket _ = ControlSocket.open(data.resolve("control"), List::getFirst)) {
            assertThat(Files.getPosixFilePermissions(data))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
        Files.delete(data.resolve("control"));
        Files.delete(data);
    }

    @Test
    void refusesRequestsWithoutEnd() throws IOException {
        try (ControlSocket _ = open()) {
            assertThat(answer("ls")).startsWith("1\nthe request does not end");
            assertThat(answer(new byte[16 << 10])).startsWith("1\nthe request has more than");
            assertThat(answer("ls\n")).startsWith("0\n");
        }
    }

    @Test
    void takesMoreConnectionsThanItAnswersAtATime() throws IOException {
        try (ControlSocket _ = open()) {
            for (int i = 0; i < 20; i++) {
                assertThat(answer("n\n")).isEqualTo("0\nn\n");
            }
        }
    }

    @Test
    void leavesAnotherProcessAloneAndTakesOverFromADeadOne() throws IOException {
        try (ControlSocket _ = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another process listens");
        }
        assertThat(file).doesNotExist();
        Files.writeString(file, "left behind");
        try (ControlSocket _ = open()) {
            assertThat(answer("ls\n")).isEqualTo("0\nls\n");
        }
    }

    @Test
    void tellsAPathThatIsTooLong() {
        assertThatThrownBy(
                        () -> ControlSocket.open(folder.resolve("x".repeat(120)), List::getFirst))
                .isInstanceOf(IOException.class);
        assertThat(folder.resolve("x".repeat(120)).toFile().delete()).isTrue();
    }
}
