package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.engine.internal.choice.AllowedFast;
import org.bittern.engine.internal.choice.ChokeView;
import org.bittern.engine.internal.choice.PeerView;
import org.bittern.engine.internal.choice.RateMeter;
import org.bittern.metainfo.Bitfield;
import org.bittern.spi.net.Connection;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerProtocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A peer of a torrent, from the handshake to the end of its link. Owned by the torrent's loop. What
 * we get of it is in {@link DownloadSide}, what it gets of us in {@link UploadSide}, what goes
 * through the extension protocol in {@link ExtensionSide}; its pieces are in {@link PeerPieces}.
 */
final class PeerSession implements LinkEvents, PeerView, ChokeView {
    private static final Logger log = LoggerFactory.getLogger(PeerSession.class);

    /** Requests beyond what we keep, after which a peer that ignores our limit is sent away. */
    private static final int MOST_OVERFLOWS = 10_000;

    private final TorrentCore torrent;
    private final PeerOrigin origin;
    private final @Nullable Connection connection; // null for a web seed
    private final PeerPieces pieces;
    private final DownloadSide down;
    private final UploadSide up;
    private final ExtensionSide extension;
    private final CurrentLink current = new CurrentLink();
    private final long connectedNanos;
    private long unchokedNanos;
    private long sentBeforeUnchoke;
    private boolean closed;
    private boolean optimistic;
    private int overflows;

    PeerSession(TorrentCore torrent, PeerOrigin origin, @Nullable Connection connection) {
        this.torrent = torrent;
        this.origin = origin;
        this.connection = connection;
        pieces = new PeerPieces(this);
        connectedNanos = torrent.loop().nanoTime();
        unchokedNanos = connectedNanos;
        down = new DownloadSide(this, new RateMeter(connectedNanos));
        up = new UploadSide(this, new RateMeter(connectedNanos));
        extension = new ExtensionSide(this);
    }

    TorrentCore torrent() {
        return torrent;
    }

    PeerOrigin origin() {
        return origin;
    }

    DownloadSide down() {
        return down;
    }

    UploadSide up() {
        return up;
    }

    ExtensionSide extension() {
        return extension;
    }

    PeerPieces has() {
        return pieces;
    }

    boolean isOpen() {
        return current.get() != null && !closed;
    }

    boolean closed() {
        return closed;
    }

    /** The link; only once the handshake is done. */
    PeerLink link() {
        PeerLink link = current.get();
        if (link == null) {
            throw new IllegalStateException("no handshake with " + origin.address() + " yet");
        }
        return link;
    }

    /** See {@link CurrentLink#follow}. */
    boolean follow(Optional<PeerProtocol> protocol) {
        return current.follow(protocol, new GuardedEvents(torrent, this));
    }

    /** Whether the next version of the peer protocol is waited for. */
    boolean isWaiting() {
        return current.isWaiting() && !closed;
    }

    /** Whether it speaks of hashes: the link is in the torrent's v2 swarm (BEP 52). */
    boolean isV2() {
        return origin.byV2() || link().features().v2();
    }

    /** Where it is connected from or to. */
    InetSocketAddress address() {
        return origin.address();
    }

    void close(String reason) {
        if (isOpen()) {
            link().close(reason);
        }
    }

    /** Ends a handshake that is not done yet. */
    void discard() {
        if (!closed && current.get() == null && connection != null) {
            closed = true;
            connection.close();
            torrent.swarm().closed(this);
        }
    }

    // ---- LinkEvents

    @Override
    public void opened(PeerLink opened) {
        String refusal = resumed(opened);
        if (refusal != null) {
            opened.close(refusal);
            return;
        }
        pieces.announceOurs();
        extension.opened();
        allowFast();
        torrent.touch();
    }

    /**
     * There is a link, and it is not new to the peer.
     *
     * @return why it must be closed, null when it is welcome
     */
    @Nullable String resumed(PeerLink link) {
        current.opened(link);
        return torrent.swarm().opened(this);
    }

    private void allowFast() {
        Content content = torrent.content();
        if (content == null
                || !link().features().fast()
                || content.verified().isEmpty()
                || torrent.swarm().superSeeder().begins()) {
            return;
        }
        int[] allowed =
                AllowedFast.set(
                        link().remote().getAddress(),
                        torrent.swarms().wireHash(),
                        content.map().pieceCount(),
                        AllowedFast.DEFAULT_COUNT);
        up.allow(allowed);
        for (int piece : allowed) {
            link().send(new PeerMessage.AllowedFast(piece));
        }
    }

    @Override
    public void message(PeerMessage message) {
        if (closed) {
            return;
        }
        switch (message) {
            case PeerMessage.KeepAlive ignored -> {}
            case PeerMessage.Choke ignored -> down.choked();
            case PeerMessage.Unchoke ignored -> down.unchoked();
            case PeerMessage.Interested ignored -> interested(true);
            case PeerMessage.NotInterested ignored -> interested(false);
            case PeerMessage.Have have -> pieces.have(have.piece());
            case PeerMessage.Pieces all -> pieces.bitfield(all.wire());
            case PeerMessage.HaveAll ignored -> pieces.haveAll();
            case PeerMessage.HaveNone ignored -> pieces.haveNone();
            case PeerMessage.DontHave lost -> pieces.dontHave(lost.piece());
            case PeerMessage.Request request -> up.requested(request);
            case PeerMessage.Cancel cancel -> up.cancelled(cancel);
            case PeerMessage.Reject reject -> down.rejected(reject);
            case PeerMessage.Suggest suggest -> down.suggested(suggest.piece());
            case PeerMessage.AllowedFast allowed -> down.allowed(allowed.piece());
            case PeerMessage.DhtPort port -> extension.node(port.port());
            case PeerMessage.ExtendedHandshake hello -> extension.hello(hello);
            case PeerMessage.UploadOnly only -> extension.uploadOnly(only.uploadOnly());
            case PeerMessage.Pex pex -> extension.exchanged(pex, torrent.loop().nanoTime());
            case PeerMessage.MetadataRequest request -> extension.metadataRequested(request);
            case PeerMessage.MetadataData data -> torrent.metadata().received(this, data);
            case PeerMessage.MetadataReject no -> torrent.metadata().refused(this, no.piece());
            case PeerMessage.Holepunch hole -> torrent.dialler().holepunch().received(this, hole);
            case PeerMessage.HashRequest request -> torrent.hashes().requested(this, request);
            case PeerMessage.Hashes hashes -> torrent.hashes().received(this, hashes);
            case PeerMessage.HashReject no -> torrent.hashes().refused(this, no);
        }
    }

    private void interested(boolean now) {
        if (up.interested() != now) {
            up.interested(now);
            torrent.swarm().slots().interestChanged();
        }
    }

    @Override
    public void block(int piece, int begin, PooledBuffer data) {
        if (closed) {
            data.release();
        } else {
            down.block(piece, begin, data);
        }
    }

    @Override
    public void progress(int bytes) {
        down.progress();
    }

    @Override
    public void blockSent(int piece, int begin, int length) {
        torrent.sent(length);
        up.sent(piece, begin, length);
    }

    @Override
    public void closed(boolean violation, String reason) {
        if (!closed) {
            closed = true;
            log.debug("{} lost {}: {}", torrent.infoHash().shortHex(), this, reason);
            torrent.swarm().closed(this);
        }
    }

    /** Whether its address is one that must not be talked to. */
    boolean isBlocked() {
        return !origin.isWebSeed() && torrent.session().parts().blocked(address().getAddress());
    }

    /** Bytes of blocks that have gone over the link, either way. */
    long movedBytes() {
        return down.receivedBytes() + up.sentBytes();
    }

    /** The peer asked for more than we keep. */
    void countOverflow() {
        if (++overflows > MOST_OVERFLOWS) {
            close("asks for more blocks at a time than we keep");
        }
    }

    // ---- PeerView

    @Override
    public Bitfield pieces() {
        return pieces.bits();
    }

    @Override
    public boolean chokesUs() {
        return down.chokesUs();
    }

    @Override
    public boolean snubbed() {
        return down.snubbed();
    }

    @Override
    public boolean stalled() {
        return down.stalled();
    }

    @Override
    public boolean onParole() {
        return down.onParole();
    }

    @Override
    public long downloadRate() {
        return down.rate().rate(torrent.loop().nanoTime());
    }

    @Override
    public int outstanding() {
        return down.outstanding();
    }

    @Override
    public int[] allowedFast() {
        return down.hints().allowed();
    }

    @Override
    public int[] suggested() {
        return down.hints().suggested();
    }

    // ---- ChokeView

    @Override
    public boolean interested() {
        return up.interested();
    }

    @Override
    public boolean unchoked() {
        return !up.choking();
    }

    @Override
    public long uploadRate() {
        return up.rate().longRate(torrent.loop().nanoTime());
    }

    @Override
    public long uploadedSinceUnchoke() {
        return up.sentBytes() - sentBeforeUnchoke;
    }

    @Override
    public long unchokedNanos() {
        return unchokedNanos;
    }

    @Override
    public long connectedNanos() {
        return connectedNanos;
    }

    /** Chokes or unchokes the peer. */
    void choke(boolean now) {
        if (up.choking() && !now) {
            unchokedNanos = torrent.loop().nanoTime();
            sentBeforeUnchoke = up.sentBytes();
        }
        up.choke(now);
    }

    boolean optimistic() {
        return optimistic;
    }

    void optimistic(boolean now) {
        optimistic = now;
    }

    // ---- snapshot

    PeerSnapshot snapshot() {
        PeerLink open = link();
        long now = torrent.loop().nanoTime();
        return new PeerSnapshot(
                address(),
                open.peerId(),
                extension.client(),
                open.transport(),
                origin.source(),
                open.incoming(),
                open.encrypted(),
                pieces.progress(),
                up.choking(),
                down.interested(),
                down.chokesUs(),
                up.interested(),
                down.snubbed(),
                optimistic,
                down.outstanding(),
                up.requests(),
                down.rate().rate(now),
                up.rate().rate(now),
                down.receivedBytes(),
                up.sentBytes(),
                pieces.bits().toWire());
    }

    @Override
    public String toString() {
        return origin.address().toString();
    }
}
