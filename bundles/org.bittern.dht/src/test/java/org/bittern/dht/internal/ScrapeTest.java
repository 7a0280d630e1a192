package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sizes of swarms from filters of many nodes (BEP 33). */
@Timeout(60)
class ScrapeTest {
    private static final NodeId HASH = NodeId.of(new byte[NodeId.BYTES]);

    /** Of the text of BEP 33. */
    private static final String VECTOR =
            """
            F6C3F5EAA07FFD91BDE89F777F26FB2BFF37BDB8FB2BBAA2FD3DDDE7BACFFF75EE7CCBAE\
            FE5EEDB1FBFAFF67F6ABFF5E43DDBCA3FD9B9FFDF4FFD3E9DFF12D1BDF59DB53DBE9FA5B\
            7FF3B8FDFCDE1AFB8BEDD7BE2F3EE71EBBBFE93BCDEEFE148246C2BC5DBFF7E7EFDCF24F\
            D8DC7ADFFD8FFFDFDDFFF7A4BBEEDF5CB95CE81FC7FCFF1FF4FFFFDFE5F7FDCBB7FD79B3\
            FA1FC77BFE07FFF905B7B7FFC7FEFEFFE0B8370BB0CD3F5B7F2BD93FEB4386CFDD6F7FD5\
            BFAF2E9EBFFFFEECD67ADBF7C67F17EFD5D75EBA6FFEBA7FFF47A91EB1BFBB53E8ABFB57\
            62ABE8FF237279BFEFBFEEF5FFC5FEBFDFE5ADFFADFEE1FB737FFFFBFD9F6AEFFEEE76B6\
            FD8F72EF\
            """;

    @Test
    void fillsAFilterAsTheTextOfTheBepSays() throws UnknownHostException {
        BloomFilter filter = new BloomFilter();
        for (int i = 0; i <= 0xff; i++) {
            filter.add(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) i}));
        }
        byte[] six = InetAddress.ofLiteral("2001:db8::").getAddress();
        for (int i = 0; i <= 0x3e7; i++) {
            six[14] = (byte) (i >> 8);
            six[15] = (byte) i;
            filter.add(InetAddress.getByAddress(six));
        }
        assertThat(filter.text().bytes()).isEqualTo(HexFormat.of().parseHex(VECTOR));
        assertThat(filter.estimate()).isEqualTo(1224.9308, within(0.0001));
        assertThat(BloomFilter.read(filter.text()).orElseThrow().text()).isEqualTo(filter.text());
    }

    @Test
    void countsNobodyTwiceAndBelievesNoFullFilter() {
        long seed = 33;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        BloomFilter[] nodes = new BloomFilter[8];
        Arrays.setAll(nodes, i -> new BloomFilter());
        for (int i = 0; i < 300; i++) {
            InetAddress peer = InetAddress.ofLiteral("198.51.%d.%d".formatted(i / 250, i % 250));
            for (int copies = 0; copies < 3; copies++) {
                nodes[random.nextInt(nodes.length)].add(peer);
            }
        }
        Scrape scrape = new Scrape();
        assertThat(scrape.isTold()).isFalse();
        for (BloomFilter node : nodes) {
            scrape.heard(answer(new BloomFilter().text(), node.text()));
        }
        byte[] full = new byte[BloomFilter.BYTES];
        Arrays.fill(full, (byte) 0xff);
        scrape.heard(answer(BString.of(full), BString.of(full)));
        scrape.heard(answer(BString.of(new byte[9]), BString.of(new byte[9])));
        scrape.heard(BDict.EMPTY);
        assertThat(scrape.isTold()).isTrue();
        assertThat(scrape.seeds()).isZero();
        assertThat(scrape.downloaders()).isBetween(270, 330);
    }

    @Test
    void keepsOnePeerAnAddressAndNoMoreThanItMay() {
        PeerStore store = new PeerStore(new Random(1));
        store.add(HASH, peer("192.0.2.1", 1), false, 0);
        store.add(HASH, peer("192.0.2.1", 2), true, 0);
        assertThat(store.some(HASH, Family.V4, 9, 0)).containsExactly(peer("192.0.2.1", 2));
        assertThat(store.some(HASH, Family.V4, 9, 0, true)).isEmpty();
        PeerStore.Filters filters = store.filters(HASH, 0).orElseThrow();
        assertThat(filters.seeds().estimate()).isEqualTo(1, within(0.01));
        assertThat(filters.peers().estimate()).isZero();
        for (int i = 0; i < 3 * PeerStore.MAX_PEERS_PER_TORRENT; i++) {
            store.add(HASH, peer("198.%d.%d.1".formatted(i / 250, i % 250), 1), false, 0);
        }
        assertThat(store.size()).isEqualTo(PeerStore.MAX_PEERS_PER_TORRENT);
        store.expire(PeerStore.LIFE_NANOS);
        assertThat(store.size()).isZero();
        assertThat(store.filters(HASH, PeerStore.LIFE_NANOS)).isEmpty();
    }

    @Test
    void forgetsTheOldestTorrentsWhenThereAreTooManyPeers() {
        PeerStore store = new PeerStore(new Random(1));
        int torrents = PeerStore.MAX_PEERS / PeerStore.MAX_PEERS_PER_TORRENT + 10;
        for (int torrent = 0; torrent < torrents; torrent++) {
            byte[] id = new byte[NodeId.BYTES];
            id[0] = (byte) torrent;
            for (int i = 0; i < PeerStore.MAX_PEERS_PER_TORRENT; i++) {
                store.add(
                        NodeId.of(id),
                        peer("198.51.%d.%d".formatted(i / 250, i % 250), 1),
                        false,
                        0);
            }
        }
        assertThat(store.size()).isEqualTo(PeerStore.MAX_PEERS);
        assertThat(store.filters(HASH, 0)).as("of the first torrent").isEmpty();
    }

    private static BDict answer(BString seeds, BString peers) {
        return BDict.builder().put("BFpe", peers).put("BFsd", seeds).build();
    }

    private static InetSocketAddress peer(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }
}
