package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.discovery.SearchSpec;
import org.bittern.spi.net.EventLoop;

/** What tests search for. */
final class Specs {
    static final byte[] PEER_ID = "-BT0100-abcdefgh\u0000 +&".getBytes(StandardCharsets.ISO_8859_1);
    static final byte[] SWARM = filled(20, 0xf1);
    static final InfoHash HASH = InfoHash.ofV1(SWARM);
    static final int KEY = 0x0badcafe;
    static final int PORT = 51_413;
    static final SearchSpec.Tally TALLY = tally(false);

    private Specs() {}

    static SearchSpec.Tally tally(boolean partialSeed) {
        return new SearchSpec.Tally(1000, 2000, Optional.of(3000L), 4000, 50, partialSeed, 0);
    }

    static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        bytes[0] = 0;
        return bytes;
    }

    static SearchSpec of(EventLoop loop, List<List<String>> tiers) {
        return of(loop, HASH, tiers, List.of());
    }

    static SearchSpec of(
            EventLoop loop, InfoHash hash, List<List<String>> tiers, List<InetAddress> bind) {
        return new SearchSpec(hash, PEER_ID, KEY, false, tiers, PORT, bind, loop, () -> TALLY);
    }

    static SearchSpec of(
            EventLoop loop,
            InfoHash hash,
            List<List<String>> tiers,
            Supplier<SearchSpec.Tally> tally) {
        return new SearchSpec(hash, PEER_ID, KEY, false, tiers, PORT, List.of(), loop, tally);
    }

    static AnnounceRequest request(SearchSpec spec, AnnounceEvent event) {
        return new AnnounceRequest(
                spec, SWARM, event, spec.tally().get(), Optional.empty(), Patience.FULL);
    }
}
