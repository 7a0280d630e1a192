package org.bittern.disk.file.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bittern.api.engine.EngineSettings.Preallocation;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.TorrentBuilder;
import org.bittern.metainfo.TorrentPlan;
import org.bittern.metainfo.TorrentVersion;
import org.bittern.spi.disk.TorrentStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class HolesTest {
    private static final int PIECE = 32 * Rig.BLOCK; // longer than what is compared at a time

    @TempDir Path directory;

    /** Piece 0 is random, 1 zeros, 2 zeros but for its last byte, 3 short and zeros. */
    private static Sample sample(TorrentVersion version) throws MetainfoException {
        byte[] content = new byte[3 * PIECE + 1000];
        new SplittableRandom(71).nextBytes(content);
        Arrays.fill(content, PIECE, content.length, (byte) 0);
        content[3 * PIECE - 1] = 1;
        TorrentPlan plan = TorrentPlan.ofFile("sample.bin", content.length, PIECE, version);
        var hasher = new org.bittern.metainfo.PieceHasher(plan);
        hasher.update(ByteBuffer.wrap(content));
        Metainfo metainfo = Metainfo.parse(new TorrentBuilder(plan, hasher.finish()).build());
        return new Sample(metainfo, List.of(content));
    }

    @ParameterizedTest
    @EnumSource(TorrentVersion.class)
    void piecesOfZerosThatShouldBeZerosAreGood(TorrentVersion version) throws Exception {
        Sample sample = sample(version);
        sample.writeTo(directory);
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory);
            assertThat(rig.check(store, sample).isComplete()).isTrue();
        }
    }

    @Test
    void holesOfAReservedFileAreBadUnlessZerosAreRight() throws Exception {
        Sample sample = sample(TorrentVersion.V1);
        try (Rig rig = Rig.local()) {
            TorrentStore store = rig.open(sample, directory, List.of(), Preallocation.SPARSE);
            rig.value(store::prepare);
            List<Integer> told = new ArrayList<>();
            Bitfield all = Bitfield.full(4);
            Bitfield good =
                    rig.<Bitfield>value(
                            done -> store.check(all, (piece, _) -> told.add(piece), done));
            assertThat(good.nextSet(0)).isEqualTo(1);
            assertThat(good.cardinality()).isEqualTo(1); // the last byte is not there yet
            assertThat(told).containsExactlyInAnyOrder(0, 1, 2, 3);
        }
    }
}
