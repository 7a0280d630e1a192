package org.bittern.swap.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class BundleJarTest {
    private static final int ROUNDS = 3000;

    private static Optional<BundleJar> read(byte[] bytes) {
        try {
            return Optional.of(BundleJar.of("x.jar", bytes));
        } catch (Refusal e) {
            assertThat(e).hasMessageStartingWith("x.jar is ");
            return Optional.empty();
        }
    }

    @Test
    void everyBeginningOfAJarIsReadOrRefused() throws IOException {
        byte[] jar = BuiltJars.bytes("a.b", "some content");
        for (int length = 0; length < jar.length; length++) {
            read(Arrays.copyOf(jar, length))
                    .ifPresent(found -> assertThat(found.symbolicName()).isEqualTo("a.b"));
        }
        assertThat(read(Arrays.copyOf(jar, 40))).isEmpty();
        assertThat(read(jar)).isPresent();
    }

    @Test
    void aJarWithWrongBytesIsReadOrRefused() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] jar = BuiltJars.bytes("a.b", "some content");
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bad = jar.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            refused += read(bad).isPresent() ? 0 : 1;
        }
        assertThat(refused).isBetween(1, ROUNDS - 1);
    }
}
