package org.bittern.spi.discovery;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.net.EventLoop;

/**
 * Whose peers to look for.
 *
 * @param infoHash v1, v2 or both: both swarms of a hybrid are searched
 * @param peerId our 20 bytes in this torrent and run
 * @param key random number that proves our identity to trackers when our address changes
 * @param tiers announce URLs (BEP 12); empty without trackers
 * @param listenPort our real port
 * @param bind addresses to send from, at most one IPv4 and one IPv6; empty: any
 * @param tally read whenever an announce goes out; thread-safe
 */
public record SearchSpec(
        InfoHash infoHash,
        byte[] peerId,
        int key,
        boolean isPrivate,
        List<List<String>> tiers,
        int listenPort,
        List<InetAddress> bind,
        EventLoop loop,
        Supplier<Tally> tally) {

    public SearchSpec {
        tiers = tiers.stream().map(List::copyOf).toList();
        bind = List.copyOf(bind);
    }

    /**
     * What an announce tells.
     *
     * @param leftBytes what is not there, wanted or not; empty while the size is unknown (magnet
     *     link)
     * @param wanted how many peers we would like, 0 when none
     * @param partialSeed incomplete, and nothing more is wanted (BEP 21)
     * @param port where others reach us when a router has mapped our port to another one; 0: at the
     *     port that we listen on
     */
    public record Tally(
            long downloadedBytes,
            long uploadedBytes,
            Optional<Long> leftBytes,
            long corruptBytes,
            int wanted,
            boolean partialSeed,
            int port) {

        /** The same with a mapped port. */
        public Tally reachedAt(int mapped) {
            return new Tally(
                    downloadedBytes,
                    uploadedBytes,
                    leftBytes,
                    corruptBytes,
                    wanted,
                    partialSeed,
                    mapped);
        }
    }
}
