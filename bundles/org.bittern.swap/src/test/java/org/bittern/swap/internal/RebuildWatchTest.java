package org.bittern.swap.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class RebuildWatchTest {
    @TempDir private Path work = Path.of(".");
    private final List<String> lines = new ArrayList<>();
    private final List<List<String>> swaps = new ArrayList<>();
    private @Nullable RuntimeException failure; // what the next swaps end with
    private @Nullable Refusal refusal; // the same, of those of one bundle

    private RebuildWatch watch(String... running) throws IOException {
        RebuildWatch watch = new RebuildWatch(new JarFolder(root()), this::swap, lines::add);
        for (String name : running) {
            watch.runs(name, BundleJar.sha256(BuiltJars.bytes(name, "1")));
        }
        return watch;
    }

    private Path root() {
        return work.resolve("bundles");
    }

    private SwapReport swap(List<BundleJar> jars) throws Refusal {
        List<String> names = jars.stream().map(BundleJar::symbolicName).toList();
        swaps.add(names);
        if (failure != null) {
            throw failure;
        }
        if (refusal != null && names.size() == 1) {
            throw refusal;
        }
        return new SwapReport(names, SwapReport.Way.UPDATE, 0, Duration.ZERO, Set.of());
    }

    private void build(String name, String mark) throws IOException {
        new BuiltJars(root()).put(name, BuiltJars.bytes(name, mark));
    }

    /** A jar counts when it was the same at two looks. */
    private static void lookTwice(RebuildWatch watch) {
        watch.look();
        watch.look();
    }

    @Test
    void swapsOtherContentOfWhatRunsAndNothingElse() throws IOException {
        RebuildWatch watch = watch("a", "b");
        build("a", "1");
        build("b", "2");
        build("c", "2");
        lookTwice(watch);
        lookTwice(watch);

        assertThat(swaps).containsExactly(List.of("b"));
        assertThat(lines).singleElement().asString().startsWith("swapped b, ");
    }

    @Test
    void aRefusedOneIsTriedAgainWithTheNext() throws IOException {
        RebuildWatch watch = watch("a", "b");
        refusal = new Refusal("a needs b");
        build("a", "2");
        lookTwice(watch);
        build("b", "2");
        lookTwice(watch);

        assertThat(swaps).containsExactly(List.of("a"), List.of("a", "b"));
        assertThat(lines).hasSize(2).first().isEqualTo("not swapped: a needs b");
        assertThat(lines.getLast()).startsWith("swapped a, b, ");
    }

    @Test
    void aHalfWrittenJarIsSwappedWhenItIsWhole() throws IOException {
        RebuildWatch watch = watch("a");
        byte[] whole = BuiltJars.bytes("a", "2");
        new BuiltJars(root()).put("a", Arrays.copyOf(whole, 20));
        lookTwice(watch);
        assertThat(swaps).isEmpty();
        assertThat(lines).singleElement().asString().contains("a-1.jar is no ");

        new BuiltJars(root()).put("a", whole);
        lookTwice(watch);
        assertThat(swaps).containsExactly(List.of("a"));
    }

    @Test
    void outlivesAFolderThatIsNotThere() throws IOException {
        RebuildWatch watch = watch("a");
        lookTwice(watch);
        build("a", "2");
        lookTwice(watch);
        assertThat(swaps).containsExactly(List.of("a"));
        assertThat(Files.exists(root())).isTrue();
    }

    @Test
    void tellsOfWhatNobodyExpectedAndGoesOn() throws IOException {
        RebuildWatch watch = watch("a");
        for (RuntimeException each :
                List.of(
                        new UncheckedIOException(new IOException("gone")),
                        new IllegalStateException("stopped"))) {
            failure = each;
            build("a", each.toString());
            lookTwice(watch);
            assertThat(lines.getLast()).isEqualTo("not swapped: " + each);
        }
        failure = null;
        build("a", "2");
        lookTwice(watch);
        assertThat(lines.getLast()).startsWith("swapped a, ");
    }
}
