package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BLimits;
import org.bittern.bencode.BReader;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BWriter;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.disk.TorrentStore.FileStat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ResumeCodecTest {

    private static ResumeData data(Random random) {
        int pieces = random.nextInt(200);
        Bitfield have = new Bitfield(pieces);
        Map<Integer, BitSet> partials = new TreeMap<>();
        List<Priority> byPiece = new ArrayList<>();
        for (int piece = 0; piece < pieces; piece++) {
            byPiece.add(Priority.ofLevel(random.nextInt(8)));
            switch (random.nextInt(3)) {
                case 0 -> have.set(piece);
                case 1 ->
                        partials.put(
                                piece, BitSet.valueOf(new long[] {random.nextLong() >>> 1 | 1}));
                default -> {}
            }
        }
        List<FileStat> stats = new ArrayList<>();
        List<Priority> byFile = new ArrayList<>();
        for (int file = random.nextInt(5); file > 0; file--) {
            boolean exists = random.nextBoolean();
            stats.add(
                    new FileStat(
                            exists,
                            exists ? random.nextLong() >>> 1 : 0,
                            exists ? random.nextLong() : 0));
            byFile.add(Priority.ofLevel(random.nextInt(8)));
        }
        return new ResumeData(
                infoHash(random),
                new ResumeData.Files(
                        Path.of("/tmp/dürectory " + random.nextInt()),
                        Map.of(random.nextInt(9), List.of("a", "b\u0000ß")),
                        stats,
                        random.nextBoolean(),
                        byFile,
                        plans(random)),
                new ResumeData.Pieces(have, partials, random.nextBoolean() ? byPiece : List.of()),
                course(random),
                totals(random),
                swarm(random));
    }

    private static ResumeData.Totals totals(Random random) {
        return new ResumeData.Totals(
                random.nextLong() >>> 1,
                random.nextInt(9),
                0,
                random.nextInt(1 << 30),
                Long.MAX_VALUE,
                Instant.ofEpochMilli(random.nextLong() >>> 16),
                random.nextBoolean() ? Optional.empty() : Optional.of(Instant.EPOCH),
                time(random),
                time(random));
    }

    private static Optional<Instant> time(Random random) {
        return random.nextBoolean()
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(random.nextLong() >>> 16));
    }

    private static InfoHash infoHash(Random random) {
        byte[] v1 = new byte[20];
        byte[] v2 = new byte[32];
        random.nextBytes(v1);
        random.nextBytes(v2);
        return switch (random.nextInt(3)) {
            case 0 -> InfoHash.ofV1(v1);
            case 1 -> InfoHash.ofV2(v2);
            default -> InfoHash.hybrid(v1, v2);
        };
    }

    private static ResumeData.Plans plans(Random random) {
        return new ResumeData.Plans(
                Path.of("/tmp/there " + random.nextInt()),
                random.nextBoolean() ? Optional.empty() : Optional.of(Path.of("/mnt/ü")),
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(new ResumeData.Rename(List.of("a", "b"), "ß c")),
                random.nextBoolean() ? Optional.empty() : Optional.of("näme"));
    }

    private static ResumeData.Course course(Random random) {
        Settings options =
                Settings.EMPTY
                        .with(TorrentOptions.DOWNLOAD_LIMIT, 1000L * random.nextInt(1000))
                        .with(TorrentOptions.UPLOAD_LIMIT, 1L + random.nextInt(100_000))
                        .with(TorrentOptions.SEQUENTIAL, random.nextBoolean());
        AddTorrent.Start[] starts = {
            AddTorrent.Start.STARTED, AddTorrent.Start.PAUSED, AddTorrent.Start.STOPPED
        };
        return new ResumeData.Course(
                starts[random.nextInt(starts.length)],
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextInt(1000),
                random.nextBoolean() ? options : Settings.EMPTY,
                List.of("läbel", "two"));
    }

    private static ResumeData.Swarm swarm(Random random) {
        List<InetSocketAddress> peers = new ArrayList<>();
        for (int i = 0; i < random.nextInt(5); i++) {
            peers.add(new InetSocketAddress(InetAddress.ofLiteral("192.0.2." + i), 65_535 - i));
        }
        for (int i = 0; i < random.nextInt(5); i++) {
            peers.add(new InetSocketAddress(InetAddress.ofLiteral("2001:db8::" + i), 1 + i));
        }
        return new ResumeData.Swarm(
                random.nextBoolean()
                        ? Optional.empty()
                        : Optional.of(
                                List.of(List.of("http://t/announce", "udp://t:1"), List.of())),
                peers);
    }

    private static ResumeData sample() {
        return data(new Random(3));
    }

    @Property(tries = 300)
    void readsWhatItWrote(@ForAll long seed) throws ResumeException {
        ResumeData data = data(new Random(seed));
        assertThat(ResumeCodec.decode(ResumeCodec.encode(data))).isEqualTo(data);
    }

    @Property(tries = 300)
    void answersBrokenBytesWithAnErrorOrAValue(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = ResumeCodec.encode(data(random));
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        try {
            assertThat(ResumeCodec.decode(bytes).pieces().have()).isNotNull();
        } catch (ResumeException e) {
            assertThat(e).hasMessageStartingWith("resume data");
        }
    }

    @Property(tries = 100)
    void refusesBytesThatAreCutOff(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = ResumeCodec.encode(data(random));
        byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        assertThatThrownBy(() -> ResumeCodec.decode(cut)).isInstanceOf(ResumeException.class);
    }

    @Test
    void ignoresUnknownKeys() throws Exception {
        BDict root = (BDict) parsed(ResumeCodec.encode(sample()));
        BDict files = root.dict("files").orElseThrow().toBuilder().put("colour", "green").build();
        byte[] newer = BWriter.write(root.toBuilder().put("files", files).put("zebra", 1).build());
        assertThat(ResumeCodec.decode(newer)).isEqualTo(sample());
    }

    @Test
    void refusesALaterVersion() throws Exception {
        BDict root = (BDict) parsed(ResumeCodec.encode(sample()));
        byte[] later = BWriter.write(root.toBuilder().put("version", 2).build());
        assertThatThrownBy(() -> ResumeCodec.decode(later))
                .isInstanceOf(ResumeException.class)
                .hasMessageContaining("version");
    }

    @Test
    void refusesAHaveFieldThatDoesNotFitThePieceCount() throws Exception {
        BDict root = (BDict) parsed(ResumeCodec.encode(sample()));
        BDict pieces = BDict.builder().put("count", Integer.MAX_VALUE).put("have", "x").build();
        byte[] lying = BWriter.write(root.toBuilder().put("pieces", pieces).build());
        assertThatThrownBy(() -> ResumeCodec.decode(lying))
                .isInstanceOf(ResumeException.class)
                .hasMessageContaining("have");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "i1e", "le", "de", "d6:format3:abce", "x", "d6:formati1ee"})
    void refusesWhatIsNoResumeData(String text) {
        assertThatThrownBy(() -> ResumeCodec.decode(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(ResumeException.class)
                .hasMessageStartingWith("resume data");
    }

    @Test
    void forgetsAnOptionThatIsNoLongerAllowed() throws Exception {
        BDict root = (BDict) parsed(ResumeCodec.encode(sample()));
        BDict options =
                BDict.builder().put("peer-limit", -7).put("sequential-download", "true").build();
        BDict course =
                root.dict("course").orElseThrow().toBuilder().put("options", options).build();
        Settings read =
                ResumeCodec.decode(BWriter.write(root.toBuilder().put("course", course).build()))
                        .course()
                        .options();
        assertThat(read.has(TorrentOptions.MAX_CONNECTIONS)).isFalse();
        assertThat(read.get(TorrentOptions.SEQUENTIAL)).isTrue();
    }

    private static BValue parsed(byte[] bytes) throws Exception {
        return BReader.parse(ByteBuffer.wrap(bytes), BLimits.DEFAULT);
    }
}
