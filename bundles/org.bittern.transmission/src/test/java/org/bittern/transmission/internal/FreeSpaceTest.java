package org.bittern.transmission.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.Dialect;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.paths.PathDesk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FreeSpaceTest {
    @TempDir private Path temp;

    @Test
    void aDiskThatDoesNotAnswerHoldsUpNobody() {
        CountDownLatch hang = new CountDownLatch(1);
        FreeSpace.Gauge hanging =
                path -> {
                    while (hang.getCount() > 0) {
                        try {
                            hang.await();
                        } catch (InterruptedException _) {
                            // as a system call: nothing ends it
                        }
                    }
                    throw new IOException("late");
                };
        try (PathDesk desk = new PathDesk("bt-test")) {
            FreeSpace space = new FreeSpace(desk, Duration.ofMillis(50), hanging);
            assertThatThrownBy(() -> space.perform(request("/mnt/nas")))
                    .isInstanceOfSatisfying(
                            RpcException.class,
                            e -> assertThat(e.details().toString()).contains("size-bytes=-1"))
                    .hasMessage("Connection timed out");
            assertThat(space.below("/mnt/nas")).isEqualTo(-1);
        } finally {
            hang.countDown();
        }
    }

    @Test
    void measuresWhereADirectoryWouldBeMade() {
        try (PathDesk desk = new PathDesk("bt-test")) {
            FreeSpace space = new FreeSpace(desk);
            assertThat(space.below(temp.resolve("a/b").toString())).isPositive();
            assertThat(space.below("\0")).isEqualTo(-1);
            assertThatThrownBy(() -> space.perform(request(temp.resolve("a").toString())))
                    .hasMessage("No such file or directory");
        }
    }

    private static RpcRequest request(String path) {
        return new RpcRequest(
                Dialect.LEGACY,
                Arguments.of(Map.of("path", path), Dialect.LEGACY),
                true,
                "session");
    }
}
