package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads of a device when they end. */
@Timeout(30)
class DeviceTest {
    private static final int MORE_THAN_THERE_ARE_THREADS = 20;

    @Test
    void deletesWhatWasToBeDeletedAlthoughThoseBeforeHang() {
        CompletableFuture<Void> hangs = new CompletableFuture<>();
        CompletableFuture<Void> deleted = new CompletableFuture<>();
        try (Device device = new Device("test", 1, System::nanoTime)) {
            for (int i = 0; i < MORE_THAN_THERE_ARE_THREADS; i++) {
                device.bulk().execute(hangs::join);
            }
            device.bulk().execute(() -> deleted.complete(null));
        }
        hangs.complete(null);
        assertThat(deleted).succeedsWithin(Duration.ofSeconds(20));
    }
}
