package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bittern.metainfo.PieceMap;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.TorrentStore;

/** Any layout of files, any order of blocks of all pieces mixed: the files come out right. */
class RandomLayoutTest {
    private static final int[] LENGTHS = {0, 1, 5, 16_383, 16_384, 16_385, 40_000, 65_536, 200_001};

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void filesAreByteEqualWhateverTheLayoutAndTheOrder(
            @ForAll @Size(min = 1, max = 9) List<@IntRange(min = 0, max = 8) Integer> kinds,
            @ForAll @IntRange(min = 0, max = 6) int pieceSize,
            @ForAll TorrentVersion version,
            @ForAll long seed)
            throws IOException {
        List<Integer> lengths = new ArrayList<>(kinds.stream().map(k -> LENGTHS[k]).toList());
        lengths.add(77);
        int pieceLength = Rig.BLOCK << (pieceSize == 6 ? 10 : pieceSize); // 16 KiB to 16 MiB
        Sample sample = Sample.ofDirectory(lengths, pieceLength, version, seed);
        Path directory = Files.createTempDirectory("bittern-layout");
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            rig.value(store::prepare);
            List<CompletableFuture<DiskResult<Boolean>>> verdicts =
                    writeEverything(rig, store, sample, new Random(seed));
            verdicts.forEach(
                    verdict -> assertThat(Rig.await(verdict)).isEqualTo(new DiskResult.Ok<>(true)));
            assertThat(rig.check(store, sample).isComplete()).isTrue();
            rig.done(store::close);
            assertThat(sample.differences(directory)).isEmpty();
        } finally {
            delete(directory);
        }
    }

    private static List<CompletableFuture<DiskResult<Boolean>>> writeEverything(
            Rig rig, TorrentStore store, Sample sample, Random random) {
        PieceMap pieces = sample.metainfo().pieces();
        List<int[]> blocks = new ArrayList<>();
        int[] left = new int[pieces.pieceCount()];
        for (int piece = 0; piece < left.length; piece++) {
            left[piece] = pieces.blocksIn(piece);
            for (int block = 0; block < left[piece]; block++) {
                blocks.add(new int[] {piece, block});
            }
        }
        if (random.nextBoolean()) {
            Collections.shuffle(blocks, random);
        }
        List<CompletableFuture<DiskResult<Boolean>>> verdicts = new ArrayList<>();
        for (int[] block : blocks) {
            int piece = block[0];
            rig.write(store, sample, piece, block[1]);
            if (--left[piece] == 0) {
                verdicts.add(rig.start(done -> store.verify(piece, done)));
            }
        }
        return verdicts;
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> found = Files.walk(root)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
