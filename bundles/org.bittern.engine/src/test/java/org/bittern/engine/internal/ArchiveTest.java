package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.bittern.api.engine.EngineException;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.state.SessionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ArchiveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static CompletableFuture<?> store(Archive archive, int number) {
        byte[] hash = new byte[20];
        hash[0] = (byte) number;
        return archive.resume(InfoHash.ofV1(hash), () -> new byte[] {'d', 'e'});
    }

    @Test
    void tellsWhoWaitsThatNothingMoreIsStored() throws Exception {
        CountDownLatch storing = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        SessionState stuck =
                (SessionState)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {SessionState.class},
                                (_, _, _) -> {
                                    storing.countDown();
                                    end.await();
                                    return null;
                                });
        Archive archive = new Archive(Optional.of(stuck), Surroundings.SYSTEM);
        CompletableFuture<?> first = store(archive, 1);
        storing.await();
        CompletableFuture<?> second = store(archive, 2);
        CompletableFuture<?> third = store(archive, 3);
        archive.giveUp();
        for (CompletableFuture<?> dropped : new CompletableFuture<?>[] {second, third}) {
            assertThat(dropped)
                    .failsWithin(PATIENCE)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(EngineException.class)
                    .withMessageContaining("the engine is closed");
        }
        end.countDown();
        assertThat(first).as("it was begun").succeedsWithin(PATIENCE);
    }
}
