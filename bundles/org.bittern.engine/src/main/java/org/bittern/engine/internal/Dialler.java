package org.bittern.engine.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bittern.api.engine.EngineSettings;
import org.bittern.engine.internal.choice.PeerBook;
import org.bittern.spi.engine.KeptLinks;
import org.bittern.spi.net.EventLoop;

/**
 * Knows whom a torrent could be connected with, and dials. Owned by the torrent's loop. It has a
 * timer only while there is somebody to dial.
 */
final class Dialler {
    /** Dials of one torrent that are under way at a time. */
    private static final int MOST_ATTEMPTS = 50;

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long REDIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final TorrentCore torrent;
    private final PeerBook book;
    private final UtpSpeakers utp = new UtpSpeakers();
    private final List<DialAttempt> attempts = new ArrayList<>();
    private final Holepunch holepunch;
    private final Set<InetSocketAddress> punched = new HashSet<>(0); // to be dialled so
    private EventLoop.Timer timer = () -> {};
    private boolean scheduled;
    private long dueNanos;
    private long pauseNanos = RETRY_NANOS; // grows while nobody can be dialled

    Dialler(TorrentCore torrent) {
        this.torrent = torrent;
        book = new PeerBook(torrent.session().random());
        holepunch = new Holepunch(torrent);
        settingsChanged();
    }

    void settingsChanged() {
        book.allowSameIp(torrent.session().setting(EngineSettings.ALLOW_SAME_IP));
    }

    int known() {
        return book.size();
    }

    /** Who is known to speak uTP. */
    UtpSpeakers utp() {
        return utp;
    }

    /** Whether an attempt has had its outcome. */
    boolean isOver(DialAttempt attempt) {
        return !attempts.contains(attempt);
    }

    List<InetSocketAddress> best(int most) {
        return book.best(most);
    }

    private long now() {
        return torrent.loop().nanoTime();
    }

    // ---- hearing of peers

    /** A finder or another peer named addresses. */
    void found(List<InetSocketAddress> addresses, String source, boolean trusted) {
        PeerBook.Source from = source(source);
        List<InetSocketAddress> welcome =
                addresses.stream().filter(address -> !blocked(address)).toList();
        if (book.add(welcome, from, trusted, now())) {
            dial();
            torrent.touch();
        }
    }

    private static PeerBook.Source source(String name) {
        for (PeerBook.Source source : PeerBook.Source.values()) {
            if (source.name().equalsIgnoreCase(name)) {
                return source;
            }
        }
        return PeerBook.Source.TRACKER;
    }

    /** A person named a peer. */
    void manual(InetSocketAddress address) {
        if (!blocked(address)) {
            book.force(address, PeerBook.Source.MANUAL, true, now());
            dial();
        }
    }

    /** A peer dials us at this moment, and waits for us to do the same (BEP 55). */
    void punch(InetSocketAddress address, boolean trusted) {
        if (!blocked(address) && punched.size() < MOST_ATTEMPTS) {
            punched.add(address);
            book.force(address, PeerBook.Source.PEX, trusted, now());
            dial();
        }
    }

    Holepunch holepunch() {
        return holepunch;
    }

    private boolean blocked(InetSocketAddress address) {
        return address.getAddress() == null
                || torrent.session().parts().blocked(address.getAddress());
    }

    /** A tracker or router tells our address as it sees it (BEP 24). */
    void externalAddress(InetAddress address) {
        book.ownAddress(new InetSocketAddress(address, torrent.session().reachablePort()));
    }

    /** The canonical priority of a peer (BEP 40); empty while our own address is unknown. */
    OptionalLong rank(InetSocketAddress address) {
        return book.rank(address);
    }

    void seeding(boolean now) {
        book.seeding(now);
    }

    // ---- dialling

    /** Dials as many as may be dialled now. */
    void dial() {
        scheduled = false;
        timer.cancel();
        book.privately(torrent.isPrivate());
        while (mayDial()) {
            if (book.size() > 0 && torrent.session().transports().isEmpty()) {
                later(RETRY_NANOS); // no peer is to blame for it
                return;
            }
            long wait = torrent.session().budget().dial(now());
            if (wait > 0) {
                later(wait);
                return;
            }
            Optional<PeerBook.Candidate> candidate = book.next(now());
            if (candidate.isEmpty()) {
                torrent.session().budget().refund();
                if (book.size() > 0) {
                    later(pause());
                }
                return;
            }
            pauseNanos = RETRY_NANOS;
            begin(candidate.get());
        }
    }

    /** Until the next peer is due, or for a while: others may be due then for other reasons. */
    private long pause() {
        long idle = book.idleNanos(now());
        if (idle < pauseNanos) {
            return idle;
        }
        long pause = pauseNanos;
        pauseNanos = Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos);
        return pause;
    }

    private boolean mayDial() {
        return torrent.networked()
                && attempts.size() < MOST_ATTEMPTS
                && torrent.swarm().size() < torrent.swarm().limit()
                && torrent.session().parts().protocol().isPresent();
    }

    private void later(long nanos) {
        long due = now() + nanos;
        if (!scheduled || due - dueNanos < 0) {
            timer.cancel();
            scheduled = true;
            dueNanos = due;
            timer = torrent.loop().schedule(nanos, this::dial);
        }
    }

    private void begin(PeerBook.Candidate candidate) {
        String source = candidate.source().name().toLowerCase(Locale.ROOT);
        boolean punch = punched.remove(candidate.address());
        DialAttempt attempt = new DialAttempt(torrent, candidate.address(), source, punch);
        attempts.add(attempt);
        attempt.begin();
    }

    /** An attempt has tried everything. Its place in the budget is free. */
    void failed(DialAttempt attempt) {
        if (ended(attempt)) {
            torrent.session().budget().gone();
            long wait = book.dialFailed(attempt.address(), attempt.wasAnswered(), now());
            if (!attempt.isPunch()) {
                holepunch.unreachable(attempt.address());
            }
            later(Math.min(RETRY_NANOS, wait));
        }
    }

    /** Takes an attempt out, whatever its outcome; false when it was out before. */
    private boolean ended(DialAttempt attempt) {
        boolean was = attempts.remove(attempt);
        if (was) {
            torrent.session().budget().dialled();
        }
        return was;
    }

    /** Ends all attempts. */
    void abort() {
        timer.cancel();
        scheduled = false;
        punched.clear();
        for (DialAttempt attempt : List.copyOf(attempts)) {
            attempt.abort();
        }
    }

    // ---- links

    /** May a peer that dialled us come in? If so it counts as connected. */
    boolean admit(InetSocketAddress address) {
        return book.incoming(address, now()) == PeerBook.Admission.WELCOME;
    }

    void connected(PeerSession peer) {
        if (peer.link().transport().equals("utp")) {
            utp.add(peer.address());
        }
        DialAttempt attempt = peer.origin().dial();
        if (attempt != null) {
            ended(attempt);
            book.connected(peer.address());
        }
    }

    void listensOn(PeerSession peer, int port) {
        if (utp.contains(peer.address())) {
            utp.add(new InetSocketAddress(peer.address().getAddress(), port)); // one port for both
        }
        book.listensOn(peer.address(), port, now());
    }

    /**
     * May a link that another engine had go on? If so its peer counts as connected, also where it
     * listens.
     */
    boolean readmit(PeerSession peer, KeptLinks.Link left) {
        InetSocketAddress address = peer.address();
        if (blocked(address) || !torrent.session().budget().accept()) {
            return false;
        }
        if (!left.state().incoming()) {
            book.add(List.of(address), source(left.source()), false, now());
            book.connected(address);
        } else if (!admit(address)) {
            torrent.session().budget().gone();
            return false;
        }
        Legacy.listenPort(left).ifPresent(port -> listensOn(peer, port));
        return true;
    }

    /** Everybody has all that this peer has or not. */
    void seed(PeerSession peer, boolean isSeed) {
        book.seed(peer.address(), isSeed);
    }

    /** A handshake was done, but the link is not kept. */
    void refused(PeerSession peer, boolean ourselves) {
        DialAttempt attempt = peer.origin().dial();
        if (attempt != null) {
            ended(attempt);
            if (ourselves) {
                book.self(peer.address());
            }
        }
    }

    /**
     * A link is gone. One whose handshake failed may be tried in another form.
     *
     * @param wasOpen the handshake had been done
     */
    void closed(PeerSession peer, boolean wasOpen) {
        DialAttempt attempt = peer.origin().dial();
        if (attempt != null && attempts.contains(attempt)) {
            if (!attempt.next()) {
                failed(attempt);
            }
            return;
        }
        torrent.session().budget().gone();
        boolean useful = peer.movedBytes() > 0;
        book.disconnected(peer.address(), wasOpen && useful, now());
        if (torrent.networked()) {
            later(RETRY_NANOS);
        }
    }

    /** The peer protocol was exchanged: handshakes of the old one are dead. */
    void protocolChanged() {
        abort();
        torrent.swarm().reception().closeAll();
        // They end in a later turn, and each end would make its peer wait.
        torrent.loop().schedule(REDIAL_NANOS, this::forgive);
    }

    /** All links were cut by us: dial again now. */
    void forgive() {
        book.forgive(now());
        if (torrent.networked()) {
            dial();
        }
    }

    void ban(InetSocketAddress address) {
        if (address.isUnresolved()) {
            torrent.swarm().webSeeds().ban(address);
            return;
        }
        book.ban(address, now());
        for (PeerSession peer : List.copyOf(torrent.swarm().peers())) {
            if (peer.address().equals(address)) {
                peer.close("banned: it sent bad data");
            }
        }
    }
}
