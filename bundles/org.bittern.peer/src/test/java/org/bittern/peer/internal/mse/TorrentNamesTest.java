package org.bittern.peer.internal.mse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.LinkSpec;
import org.bittern.spi.peer.PeerProtocol.EncryptionPolicy;
import org.bittern.spi.peer.PeerProtocol.LinkHost;
import org.bittern.spi.peer.PeerProtocol.LinkRouter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TorrentNamesTest {
    /** Torrents, and how often somebody has asked for all of them. */
    private static final class Session implements LinkRouter, LinkHost {
        final List<byte[]> torrents = new ArrayList<>();
        int listings;

        Session(int count) {
            for (int i = 0; i < count; i++) {
                torrents.add(hash(i));
            }
        }

        @Override
        public @Nullable LinkHost find(byte[] infoHash) {
            return torrents.stream().anyMatch(hash -> Arrays.equals(hash, infoHash)) ? this : null;
        }

        @Override
        public Iterable<byte[]> infoHashes() {
            listings++;
            return torrents;
        }

        @Override
        public EncryptionPolicy incomingEncryption() {
            return EncryptionPolicy.BOTH;
        }

        @Override
        public EventLoop loop() {
            throw new AssertionError();
        }

        @Override
        public LinkSpec spec(Connection connection) {
            throw new AssertionError();
        }

        @Override
        public @Nullable LinkEvents welcome(Connection connection) {
            throw new AssertionError();
        }
    }

    private final TorrentNames names = new TorrentNames();

    private static byte[] hash(int number) {
        return ByteBuffer.allocate(20).putInt(number).array();
    }

    @Test
    void whoeverNamesATorrentLaterCostsNoListOfAll() {
        Session session = new Session(1_000);
        assertThat(names.find(MseHashes.req2(hash(7)), session)).isEqualTo(hash(7));
        assertThat(session.listings).isOne();
        for (int i = 0; i < 1_000; i++) {
            assertThat(names.find(MseHashes.req2(hash(i)), session)).isEqualTo(hash(i));
        }
        assertThat(session.listings).isOne();
    }

    @Test
    void findsWhatHasComeAndNotWhatHasGoneOrNeverWas() {
        Session session = new Session(3);
        assertThat(names.find(MseHashes.req2(hash(3)), session)).isNull();
        session.torrents.add(hash(3));
        assertThat(names.find(MseHashes.req2(hash(3)), session)).isEqualTo(hash(3));
        session.torrents.removeFirst();
        assertThat(names.find(MseHashes.req2(hash(0)), session)).isNull();
        assertThat(names.find(new byte[20], session)).isNull();
        assertThat(names.size()).as("hashed once each").isEqualTo(4);
    }

    @Test
    void forgetsThoseThatHaveGone() {
        Session session = new Session(1_000);
        names.find(new byte[20], session);
        assertThat(names.size()).isEqualTo(1_000);
        session.torrents.subList(10, 1_000).clear();
        names.find(new byte[20], session);
        assertThat(names.size()).isLessThan(1_000);
        assertThat(names.find(MseHashes.req2(hash(9)), session)).isEqualTo(hash(9));
    }
}
