package org.bittern.rpc.paths;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.RpcException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PathDeskTest {
    private static final Path HANGING = Path.of("/mnt/nas").toAbsolutePath();
    private static final Path SOUND = Path.of("/mnt/disk").toAbsolutePath();
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final CountDownLatch hang = new CountDownLatch(1);

    /** As a system call that waits for a server: an interrupt does not end it. */
    private String hanging() {
        while (true) {
            try {
                hang.await();
                return "late";
            } catch (InterruptedException _) {
                // the system does not know of it
            }
        }
    }

    @Test
    void aCallerGoesWhenItsTimeIsOver() {
        try (PathDesk desk = new PathDesk("bt-test")) {
            assertThatThrownBy(() -> desk.ask(HANGING, SHORT, this::hanging))
                    .isInstanceOf(RpcException.class)
                    .hasMessage("path unreachable");
        } finally {
            hang.countDown();
        }
    }

    @Test
    void aDirectoryThatHangsLeavesThreadsForOthers() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch half = new CountDownLatch(PathDesk.MAX_THREADS / 2);
        try (PathDesk desk = new PathDesk("bt-test");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                Path path = HANGING.resolve("a" + i);
                Callable<String> call =
                        () ->
                                desk.ask(
                                        path,
                                        LONG,
                                        () -> {
                                            begun.incrementAndGet();
                                            half.countDown();
                                            return hanging();
                                        });
                answers.add(callers.submit(call));
            }
            half.await();
            for (int i = 0; i < 100; i++) {
                assertThat(desk.ask(SOUND, LONG, () -> "there")).isEqualTo("there");
            }
            assertThat(begun).hasValue(PathDesk.MAX_THREADS / 2);
            hang.countDown();
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo("late");
            }
        } finally {
            hang.countDown();
        }
    }

    @Test
    void whoeverFindsNoThreadIsToldSo() throws Exception {
        CountDownLatch full = new CountDownLatch(PathDesk.MAX_THREADS / 2);
        try (PathDesk desk = new PathDesk("bt-test");
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<String> call =
                    () ->
                            desk.ask(
                                    HANGING,
                                    LONG,
                                    () -> {
                                        full.countDown();
                                        return hanging();
                                    });
            for (int i = 0; i < PathDesk.MAX_THREADS / 2; i++) {
                var _ = callers.submit(call);
            }
            full.await();
            assertThatThrownBy(() -> desk.ask(HANGING, SHORT, () -> "there"))
                    .hasMessage("path unreachable");
            hang.countDown();
            assertThat(desk.ask(HANGING, LONG, () -> "there")).isEqualTo("there");
        } finally {
            hang.countDown();
        }
    }

    @Test
    void theEndRefusesWhoWaits() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        PathDesk desk = new PathDesk("bt-test");
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> answer =
                    callers.submit(() ->
                            desk.ask(
                                    HANGING,
                                    LONG,
                                    () -> {
                                        begun.countDown();
                                        return hanging();
                                    }));
            begun.await();
            desk.close();
            assertThatThrownBy(answer::get).rootCause().hasMessage("path unreachable");
            assertThatThrownBy(() -> desk.ask(SOUND, LONG, () -> "there"))
                    .hasMessage("path unreachable");
        } finally {
            hang.countDown();
        }
    }

    @Test
    void saysInFewWordsWhatTheFileSystemSaid() {
        assertThat(PathTrouble.of(new NoSuchFileException("x"))).hasMessage("path not found");
        assertThat(PathTrouble.of(new NotDirectoryException("x"))).hasMessage("path not found");
        assertThat(PathTrouble.of(new AccessDeniedException("x"))).hasMessage("access denied");
        assertThat(PathTrouble.of(new FileSystemException("x", null, "File name too long")))
                .hasMessage("path not found");
        assertThat(PathTrouble.of(new FileSystemException("x", null, "Read-only file system")))
                .hasMessage("access denied");
        assertThat(PathTrouble.of(new FileSystemException("x", null, "Stale file handle")))
                .hasMessage("path unreachable");
    }

    @Test
    void takesAbsolutePathsOnly() throws RpcException {
        List<Object> wrong =
                List.of(
                        "",
                        "a/b",
                        "./a",
                        "~",
                        7,
                        true,
                        List.of("/"),
                        Map.of(),
                        "/a\0b",
                        "/" + "a".repeat(PathArgument.MAX_LENGTH),
                        "/\ud800");
        for (Object value : wrong) {
            assertThatThrownBy(() -> PathArgument.absolute(arguments(Map.of("path", value))))
                    .as("%s", value)
                    .isInstanceOf(RpcException.class)
                    .hasMessage("invalid argument");
        }
        assertThatThrownBy(() -> PathArgument.absolute(Arguments.NONE))
                .hasMessage("invalid argument");
        String text = SOUND + "/../x";
        assertThat(PathArgument.absolute(arguments(Map.of("path", text)))).hasToString(text);
    }

    private static Arguments arguments(Map<String, ?> values) {
        return Arguments.of(values, Dialect.LEGACY);
    }
}
