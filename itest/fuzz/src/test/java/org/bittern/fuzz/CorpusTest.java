package org.bittern.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every input of the corpus, and some made of it, by chance that is always the same. Finding what
 * is new is the work of {@code ./bittern test fuzz}.
 */
@Timeout(60)
class CorpusTest {
    private static final Path CORPUS = Path.of("corpus");
    private static final int VARIANTS = 200;
    private static final int SEED = 29;
    private static final String SUFFIX = "Target.class";

    /** A class with a fuzz target has a folder of its name, a folder has such a class. */
    @Test
    void everyTargetHasACorpus() throws IOException {
        Path classes = Path.of("target", "test-classes");
        try (Stream<Path> files = Files.walk(classes)) {
            List<String> targets =
                    files.map(file -> classes.relativize(file).toString())
                            .filter(name -> name.endsWith(SUFFIX))
                            .map(name -> name.replace(".class", "").replace('/', '.'))
                            .toList();
            assertThat(targets).containsExactlyInAnyOrderElementsOf(targets());
        }
        for (String target : targets()) {
            assertThat(inputs(target)).as(target).isNotEmpty();
        }
    }

    static List<String> targets() throws IOException {
        return names(CORPUS);
    }

    private static List<String> inputs(String target) throws IOException {
        return names(CORPUS.resolve(target));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void takesItsCorpusAndWhatIsNearToIt(String target) throws Exception {
        for (String name : inputs(target)) {
            byte[] input = Files.readAllBytes(CORPUS.resolve(target).resolve(name));
            feed(target, name, input);
            Random random = new Random(SEED);
            for (int i = 0; i < VARIANTS; i++) {
                feed(target, "variant %d of %s".formatted(i, name), changed(input, random));
            }
        }
    }

    private static void feed(String target, String name, byte[] input) throws Exception {
        try {
            Class.forName(target)
                    .getMethod("fuzzerTestOneInput", byte[].class)
                    .invoke(null, (Object) input.clone());
        } catch (InvocationTargetException e) {
            throw new AssertionError(
                    "%s: %s".formatted(name, HexFormat.of().formatHex(input)), e.getCause());
        }
    }

    /** Some bytes are others, some are gone, some come twice. */
    private static byte[] changed(byte[] input, Random random) {
        byte[] bytes = input.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            int count = Math.min(bytes.length - at, 1 + random.nextInt(8));
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                case 2 -> bytes = spliced(bytes, at, at + count);
                default -> bytes = spliced(bytes, at + count, at);
            }
        }
        return bytes;
    }

    /** What comes before one place, and what comes after another. */
    private static byte[] spliced(byte[] bytes, int end, int begin) {
        byte[] spliced = Arrays.copyOf(bytes, end + bytes.length - begin);
        System.arraycopy(bytes, begin, spliced, end, bytes.length - begin);
        return spliced;
    }
}
