package org.bittern.lsd.internal;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.metainfo.InfoHash;
import org.bittern.spi.discovery.Search;
import org.bittern.spi.discovery.SearchListener;
import org.bittern.spi.discovery.SearchSpec;

/** One torrent on the local network. Called on the torrent's loop. */
final class LsdSearch implements Search {
    private final SearchSpec spec;
    private final SearchListener listener;
    private final LsdNode node;
    private final Runnable ended;
    private final List<byte[]> hashes = new ArrayList<>(2); // owned by the node's loop
    private boolean stopped; // likewise

    /**
     * A search that has not begun.
     *
     * @param ended called once on the node's loop when it was stopped
     */
    LsdSearch(SearchSpec spec, SearchListener listener, LsdNode node, Runnable ended) {
        this.spec = spec;
        this.listener = listener;
        this.node = node;
        this.ended = ended;
    }

    void begin() {
        swarms(spec.infoHash());
    }

    @Override
    public void swarms(InfoHash infoHash) {
        node.loop().execute(() -> join(infoHash));
    }

    private void join(InfoHash infoHash) {
        for (byte[] hash : infoHash.wireHashes()) {
            if (!stopped && hashes.stream().noneMatch(known -> Arrays.equals(known, hash))) {
                hashes.add(hash);
                node.add(this, hash);
            }
        }
    }

    /** Somebody on the network has it. On the node's loop. */
    void found(InetSocketAddress peer) {
        // Only who is on this machine can have sent from a loopback address.
        boolean local = peer.getAddress().isLoopbackAddress();
        boolean near = local || peer.getAddress().isLinkLocalAddress();
        spec.loop().post(() -> listener.found(List.of(peer), near));
    }

    @Override
    public void now() {
        node.loop().post(() -> hashes.forEach(node::ask));
    }

    @Override
    public void wantPeers() {
        now(); // the node keeps the least gap
    }

    @Override
    public void completed() {
        // seeds and downloaders announce the same
    }

    @Override
    public void trackers(List<List<String>> tiers) {
        // no trackers here
    }

    @Override
    public List<TrackerSnapshot> status() {
        return List.of();
    }

    @Override
    public void stop(Consumer<Boolean> done) {
        try {
            node.loop().execute(this::end);
        } catch (RejectedExecutionException _) {
            done.accept(false); // the node's loop has ended, and this search with it
            return;
        }
        spec.loop().execute(() -> done.accept(true)); // there is no goodbye (BEP 14)
    }

    private void end() {
        if (!stopped) {
            stopped = true;
            hashes.forEach(hash -> node.remove(this, hash));
            ended.run();
        }
    }
}
