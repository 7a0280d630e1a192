package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.bittern.bencode.BString;
import org.bittern.metainfo.HostPort;

/** What became of an announce. */
sealed interface Outcome {

    /**
     * The tracker answered.
     *
     * @param peers with addresses
     * @param namedPeers with host names that nobody has looked up
     * @param seconds when to come again
     * @param counts sizes of the swarm
     * @param warning empty when there is none
     */
    record Answer(
            List<InetSocketAddress> peers,
            List<HostPort> namedPeers,
            Intervals seconds,
            Counts counts,
            String warning,
            Optional<BString> trackerId,
            Optional<InetAddress> externalAddress)
            implements Outcome {

        public Answer {
            peers = List.copyOf(peers);
            namedPeers = List.copyOf(namedPeers);
        }
    }

    /**
     * The tracker refused, or there was no answer that makes sense.
     *
     * @param message without passkeys
     * @param retrySeconds when the tracker wants to be asked again, -1 when it did not say
     * @param forGood the tracker wants never to be asked again (BEP 31)
     */
    record Failure(String message, long retrySeconds, boolean forGood) implements Outcome {
        Failure(String message) {
            this(message, -1, false);
        }
    }

    /**
     * What a tracker says of time, as it says it.
     *
     * @param interval seconds, -1 when it does not say
     * @param least seconds, -1 when it does not say
     */
    record Intervals(long interval, long least) {}

    /**
     * Sizes of a swarm.
     *
     * @param seeders -1 when unknown
     * @param leechers -1 when unknown
     * @param downloads -1 when unknown
     */
    record Counts(int seeders, int leechers, int downloads) {
        static final Counts UNKNOWN = new Counts(-1, -1, -1);

        /** These, and for what is unknown the others. */
        Counts or(Counts others) {
            return new Counts(
                    seeders < 0 ? others.seeders : seeders,
                    leechers < 0 ? others.leechers : leechers,
                    downloads < 0 ? others.downloads : downloads);
        }
    }
}
