package org.bittern.engine.internal;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentError;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.disk.TorrentStore;
import org.bittern.spi.net.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One torrent: joins the parts it consists of. Owned by the torrent's loop, on which all of it
 * runs. What it does when is decided in {@link Course}. A torrent without peers has no timer: ten
 * thousand idle ones cost nothing.
 */
final class TorrentCore {
    private static final Logger log = LoggerFactory.getLogger(TorrentCore.class);

    /** Makes an event of this torrent. */
    @FunctionalInterface
    interface EventMaker {
        EngineEvent make(Instant at, int number, InfoHash infoHash);
    }

    private final SessionScope session;
    private final EventLoop loop;
    private final Course course;
    private final Tally tally;
    private final Turn turn;
    private final Chronicle chronicle;
    private final Publisher publisher;
    private final Links links;
    private final Swarm swarm;
    private final Dialler dialler;
    private final Discovery discovery;
    private final Storage storage;
    private final Downloads downloads;
    private final ResumeKeeper keeper;
    private final TorrentCommands commands;
    private final Pulse pulse;
    private @Nullable TorrentHandle handle; // null until begin
    private @Nullable Content content; // null until the metadata is known
    private @Nullable MetadataExchange metadata; // null until first used: most never need it
    private @Nullable HashExchange hashes; // null until first used
    private Beginning beginning;
    private InfoHash infoHash;
    private String name;

    /** May be called on any thread; the loop is the owner from {@link #begin} on. */
    TorrentCore(SessionScope session, EventLoop loop, Beginning beginning) {
        this.session = session;
        this.loop = loop;
        this.beginning = beginning;
        infoHash = beginning.infoHash();
        name = beginning.name();
        course = new Course(this, beginning.start());
        tally = new Tally(session.statistics(), loop.nanoTime());
        turn = new Turn(this, beginning);
        chronicle = new Chronicle(loop, beginning);
        publisher = new Publisher(this);
        commands = new TorrentCommands(this, beginning.options(), beginning.labels());
        links = new Links(this);
        swarm = new Swarm(this);
        dialler = new Dialler(this);
        discovery = new Discovery(this, links.peerId(), beginning.tiers());
        storage = new Storage(this, beginning);
        downloads = new Downloads(this);
        keeper = new ResumeKeeper(this);
        pulse = new Pulse(this);
        Metainfo known = beginning.metainfo();
        if (known != null) {
            content = new Content(known, session.random());
            content.prioritize(beginning.prioritiesFor(known));
        }
        keeper.recall(beginning);
    }

    /** First turn on the loop. */
    void begin(TorrentHandle registered) {
        handle = registered;
        publisher.attach(registered);
        keeper.restore(beginning);
        forgetPast();
        course.begin();
        publisher.now();
    }

    boolean hasBegun() {
        return handle != null;
    }

    /** What is not needed once the metadata is known: of many torrents it would be megabytes. */
    private void forgetPast() {
        if (content != null) {
            beginning = beginning.begun();
            metadata = null;
            hashes = null;
        }
    }

    // ---- parts

    SessionScope session() {
        return session;
    }

    EventLoop loop() {
        return loop;
    }

    Beginning beginning() {
        return beginning;
    }

    Course course() {
        return course;
    }

    Tally tally() {
        return tally;
    }

    Turn turn() {
        return turn;
    }

    Chronicle chronicle() {
        return chronicle;
    }

    Links links() {
        return links;
    }

    Swarm swarm() {
        return swarm;
    }

    Dialler dialler() {
        return dialler;
    }

    Discovery discovery() {
        return discovery;
    }

    MetadataExchange metadata() {
        if (metadata == null) {
            metadata = new MetadataExchange(this);
        }
        return metadata;
    }

    HashExchange hashes() {
        if (hashes == null) {
            hashes = new HashExchange(this);
        }
        return hashes;
    }

    Storage storage() {
        return storage;
    }

    Downloads downloadsOf() {
        return downloads;
    }

    ResumeKeeper keeper() {
        return keeper;
    }

    TorrentCommands commands() {
        return commands;
    }

    // ---- identity and state

    Settings options() {
        return commands.options();
    }

    byte[] peerId() {
        return links.peerId();
    }

    /** By which callers know it. */
    InfoHash infoHash() {
        return infoHash;
    }

    /** By which peers know it: the metadata of a v2 link may tell that it is a hybrid. */
    InfoHash swarms() {
        return content == null ? infoHash : content.metainfo().infoHash();
    }

    String name() {
        return storage.places().nameOr(name);
    }

    /** Null until the metadata is known. */
    @Nullable Content content() {
        return content;
    }

    Content requireContent() {
        if (content == null) {
            throw new IllegalStateException("no metadata of " + infoHash.shortHex() + " yet");
        }
        return content;
    }

    @Nullable Metainfo metainfo() {
        return content == null ? null : content.metainfo();
    }

    boolean isPrivate() {
        return content != null && content.metainfo().isPrivate();
    }

    /** The store while blocks can be read and written. */
    @Nullable TorrentStore openStore() {
        return storage.ready();
    }

    boolean networked() {
        return course.networked();
    }

    boolean removed() {
        return course.removed();
    }

    /** Whether blocks may go out. */
    boolean uploads() {
        return course.uploads();
    }

    /** Whether blocks may be asked for. */
    boolean downloads() {
        return course.downloads();
    }

    void requirePresent() {
        if (course.removed()) {
            throw new EngineException(
                    EngineException.Code.TORRENT_NOT_FOUND, "no torrent " + infoHash.hex());
        }
    }

    // ---- what parts report

    /** Pieces were checked; what was not asked stays as it was. */
    void checked(Bitfield asked, Bitfield good, boolean all) {
        Content files = requireContent();
        Bitfield verified = files.verified().copy();
        verified.andNot(asked);
        verified.or(good);
        Bitfield lost = files.verified().copy();
        lost.andNot(verified);
        files.reset(verified);
        swarm.news().lost(lost);
        downloads.checked();
        if (all) {
            keeper.forgetPartials();
        }
        swarm.superSeeder().reconsider();
        keeper.soon();
    }

    /** The metadata of a magnet link has come. */
    void metadataComplete(Metainfo found) {
        Metainfo known = beginning.completed(found, discovery.trackers().tiers());
        if (!known.hasV1() && !known.missingPieceLayers().isEmpty()) {
            hashes().begin(known); // without them no piece can be checked
        } else {
            adopt(known);
        }
    }

    /** All that must be known of the torrent is known. */
    void adopt(Metainfo known) {
        Content made = new Content(known, session.random());
        made.prioritize(beginning.prioritiesFor(known));
        content = made;
        forgetPast();
        commands.applyOptions();
        name = known.name();
        if (infoHash.hasV1()) {
            infoHash = known.infoHash(); // a hybrid gains its other part; its id stays
        }
        if (handle != null) {
            handle.resolved(infoHash, known);
        }
        keeper.source(known.toTorrent());
        for (PeerSession peer : List.copyOf(swarm.peers())) {
            if (known.isPrivate() && peer.origin().isHearsay()) {
                peer.close("the torrent is private");
            } else if (peer.isOpen()) {
                peer.has().metadataKnown(made);
            }
        }
        session.statistics().filesAdded(known.pieces().fileCount());
        course.metadataComplete();
        publisher.now();
    }

    void metadataUnusable(String reason) {
        course.fail(TorrentError.Kind.METADATA, "the metadata is unusable: " + reason);
    }

    /** A router forwards a port to us. */
    void mapped(InetAddress outside, boolean anotherPort) {
        if (!outside.isAnyLocalAddress()) {
            dialler.externalAddress(outside);
        }
        if (anotherPort) {
            discovery.now();
        }
    }

    /**
     * Ends the run, see {@link Ending#close}.
     *
     * @param done called once
     */
    void close(Runnable done) {
        publisher.stop();
        course.ending().close(done);
    }

    /** Makes sure that there is a pulse as long as there is something that needs one. */
    void wake() {
        pulse.wake();
    }

    /** Runs something of this torrent; a mistake of ours in it ends the torrent, not the loop. */
    void guard(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            broken(e);
        }
    }

    /** We made a mistake: what the torrent knows of itself is not to be trusted. */
    void broken(RuntimeException mistake) {
        log.error("{} is broken", name, mistake);
        course.fail(TorrentError.Kind.INTERNAL, "internal error: " + mistake);
    }

    // ---- payload

    void received(int bytes) {
        tally.received(bytes, loop.nanoTime());
        chronicle.active();
        turn.moved();
    }

    void sent(int bytes) {
        tally.sent(bytes, loop.nanoTime());
        chronicle.active();
        turn.moved();
        publisher.touch();
    }

    // ---- publishing

    void touch() {
        publisher.touch();
    }

    void publishNow() {
        publisher.now();
    }

    TorrentSnapshot snapshot(long revision) {
        return SnapshotMaker.make(this, revision);
    }

    void tell(EventMaker event) {
        session.publish(event.make(loop.now(), beginning.number(), infoHash));
    }

    void tellTally() {
        Optional<Long> left = Optional.ofNullable(content).map(Content::missingBytes);
        int wanted = networked() ? Math.max(0, swarm.limit() - swarm.size()) : 0;
        tally.tell(left, wanted, content != null && content.isPartialSeed());
    }
}
