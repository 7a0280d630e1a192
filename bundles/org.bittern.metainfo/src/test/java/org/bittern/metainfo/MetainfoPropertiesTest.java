package org.bittern.metainfo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bittern.metainfo.TorrentPlan.PlannedFile;

class MetainfoPropertiesTest {
    private static final byte[] HYBRID = hybrid();

    private static byte[] hybrid() {
        try {
            List<PlannedFile> files =
                    List.of(
                            new PlannedFile(List.of("a", "b"), 20_000, false),
                            new PlannedFile(List.of("c"), 7, true));
            TorrentPlan plan = TorrentPlan.ofDirectory("d", files, 0, TorrentVersion.HYBRID);
            PieceHasher hasher = new PieceHasher(plan);
            hasher.update(ByteBuffer.wrap(Content.cyclic(20_007)));
            return new TorrentBuilder(plan, hasher.finish())
                    .trackers(List.of(List.of("http://t/")))
                    .build();
        } catch (MetainfoException e) {
            throw new IllegalStateException(e);
        }
    }

    @Property
    void anyBytesGiveATorrentOrAMetainfoException(@ForAll byte[] input) {
        read(input);
    }

    @Property(tries = 20_000)
    void aChangedByteGivesATorrentOrAMetainfoException(
            @ForAll @IntRange(max = 10_000) int place, @ForAll byte replacement) {
        byte[] torrent = HYBRID.clone();
        torrent[place % torrent.length] = replacement;
        read(torrent);
    }

    @Property
    void aTornTorrentIsRefused(@ForAll @IntRange(max = 10_000) int length) {
        byte[] torn = Arrays.copyOf(HYBRID, length % HYBRID.length);
        assertThat(read(torn)).isFalse();
    }

    @Property(tries = 5_000)
    void aChangedLinkGivesALinkOrAMetainfoException(@ForAll int place, @ForAll char replacement) {
        StringBuilder link =
                new StringBuilder(
                        "magnet:?xt=urn:btih:"
                                + "ab".repeat(20)
                                + "&tr=http%3A//t&x.pe=[::1]:5&so=1-3,9");
        link.setCharAt(Math.floorMod(place, link.length()), replacement);
        try {
            assertThat(Magnet.parse(Magnet.parse(link.toString()).format()).infoHash().hasV1())
                    .isTrue();
        } catch (MetainfoException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    /** Whether the torrent was accepted; then it must hold together. */
    private static boolean read(byte[] input) {
        try {
            Metainfo torrent = Metainfo.parse(input);
            assertThat(Metainfo.parse(torrent.toTorrent()).infoHash())
                    .isEqualTo(torrent.infoHash());
            PieceMap pieces = torrent.pieces();
            long sum = 0;
            for (int i = 0; i < pieces.pieceCount(); i++) {
                sum +=
                        pieces.spans(i, 0, pieces.lengthOf(i)).stream()
                                .mapToLong(PieceMap.Span::length)
                                .sum();
                assertThat(torrent.v2PieceHash(i).map(hash -> hash.length).orElse(32))
                        .isEqualTo(32);
            }
            assertThat(sum).isEqualTo(torrent.files().stream().mapToLong(FileEntry::length).sum());
            return true;
        } catch (MetainfoException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return false;
        }
    }
}
