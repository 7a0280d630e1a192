package org.bittern.webseed.internal;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.FileParts;
import org.bittern.spi.net.HttpUrl;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerMessage.Request;
import org.bittern.spi.peer.WebSeedProtocol.Seed;
import org.jspecify.annotations.Nullable;

/**
 * A server that looks like a peer. Owned by the torrent's loop; one run of blocks at a time is
 * fetched on a virtual thread.
 */
final class WebSeedLink implements PeerLink {
    /** Blocks that have come and that the loop has not looked at: the thread waits for it. */
    private static final int MAX_UNSEEN_BLOCKS = 32;

    private final EventLoop loop;
    private final Seed seed;
    private final byte[] peerId;
    private final InetSocketAddress remote;
    private final Files files;
    private final SeedUrls urls;
    private final LinkEvents events;
    private final List<Request> waiting = new ArrayList<>();
    private final Set<Request> wanted = new HashSet<>(); // of those that are being fetched
    private final Semaphore unseen = new Semaphore(MAX_UNSEEN_BLOCKS);
    private @Nullable Fetching fetching; // null while there is nothing to fetch
    private boolean suspended;
    private boolean closed;
    private long received;

    /**
     * A link that has said nothing.
     *
     * @param peerId 20 bytes, not copied
     */
    WebSeedLink(EventLoop loop, Seed seed, byte[] peerId, Files files, LinkEvents events) {
        this.loop = loop;
        this.seed = seed;
        this.peerId = peerId;
        this.files = files;
        this.events = events;
        remote = address(seed.url());
        urls = new SeedUrls(seed.url(), seed.metainfo());
    }

    static InetSocketAddress address(String url) {
        try {
            HttpUrl at = HttpUrl.parse(url);
            return InetSocketAddress.createUnresolved(at.host(), at.port());
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Says what a seed says first. */
    void begin() {
        events.opened(this);
        if (!closed) {
            events.message(new PeerMessage.HaveAll());
        }
        if (!closed) {
            events.message(new PeerMessage.Unchoke());
        }
    }

    // ---- PeerLink

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public byte[] peerId() {
        return peerId;
    }

    @Override
    public String transport() {
        return "http";
    }

    @Override
    public boolean encrypted() {
        return false;
    }

    @Override
    public boolean incoming() {
        return false;
    }

    @Override
    public boolean zeroCopy() {
        return false;
    }

    @Override
    public Features features() {
        return new Features(false, false, false, false);
    }

    @Override
    public void send(PeerMessage message) {
        loop.assertOwner();
        switch (message) {
            case Request request -> {
                waiting.add(request);
                loop.execute(this::fetch); // at the end of the turn: others may follow this one
            }
            case PeerMessage.Cancel cancel -> {
                Request taken = new Request(cancel.piece(), cancel.begin(), cancel.length());
                waiting.remove(taken);
                wanted.remove(taken);
            }
            default -> {
                // a server has no use for it
            }
        }
    }

    @Override
    public void sendBlock(int piece, int begin, BlockSource source) {
        source.release(); // it never asked
    }

    @Override
    public boolean withdrawBlock(int piece, int begin) {
        return false;
    }

    @Override
    public long queuedBytes() {
        return 0;
    }

    @Override
    public void pieceCount(int pieces) {
        // known from the beginning
    }

    @Override
    public void suspendReading(boolean now) {
        loop.assertOwner();
        if (suspended == now || closed) {
            return;
        }
        suspended = now;
        if (now) {
            unseen.drainPermits(); // the thread stops at its next block
        } else {
            unseen.release(MAX_UNSEEN_BLOCKS);
        }
    }

    @Override
    public long receivedBytes() {
        return received;
    }

    @Override
    public long sentBytes() {
        return 0;
    }

    @Override
    public void close(String reason) {
        loop.assertOwner();
        finish(false, reason);
    }

    private void finish(boolean violation, String reason) {
        if (closed) {
            return;
        }
        closed = true;
        waiting.clear();
        wanted.clear();
        if (fetching != null) {
            fetching.stop();
        }
        loop.execute(() -> events.closed(violation, reason));
    }

    // ---- fetching

    private void fetch() {
        if (closed || fetching != null || waiting.isEmpty()) {
            return;
        }
        PieceMap map = seed.metainfo().pieces();
        Run run = Run.next(map, waiting);
        wanted.addAll(run.blocks());
        fetching = new Fetching(run);
        fetching.start();
    }

    /** A block is there. Takes over the reference. */
    private void arrived(Request block, PooledBuffer data) {
        if (!suspended) {
            unseen.release();
        }
        if (closed || !wanted.remove(block)) {
            data.release();
            return;
        }
        received += block.length();
        events.block(block.piece(), block.begin(), data);
    }

    private void fetched() {
        fetching = null;
        fetch();
    }

    /** The thread that fetches a run. */
    private final class Fetching implements Runnable {
        private final Run run;
        private volatile boolean stopped;
        private volatile @Nullable Thread thread; // null until it is started

        Fetching(Run run) {
            this.run = run;
        }

        void start() {
            thread = Thread.ofVirtual().name("webseed").start(this);
        }

        void stop() {
            stopped = true;
            Thread present = thread;
            if (present != null) {
                present.interrupt();
            }
        }

        @Override
        public void run() {
            try (RunReader reader = new RunReader(seed.metainfo(), urls, files, seed.down(), run)) {
                for (Request block : run.blocks()) {
                    unseen.acquire();
                    if (stopped) {
                        return;
                    }
                    PooledBuffer data = reader.read(block, loop.buffers());
                    hand(data, () -> arrived(block, data));
                }
                loop.execute(WebSeedLink.this::fetched);
            } catch (FileParts.NotThere e) {
                end(true, e);
            } catch (IOException e) {
                end(false, e);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt(); // the link is closed
            } catch (RejectedExecutionException _) {
                stopped = true; // the loop has ended
            }
        }

        private void hand(PooledBuffer data, Runnable arrival) {
            try {
                loop.execute(arrival);
            } catch (RejectedExecutionException e) {
                data.release();
                throw e;
            }
        }

        private void end(boolean forGood, IOException reason) {
            String message = String.valueOf(reason.getMessage());
            loop.execute(() -> finish(forGood, message));
        }
    }
}
