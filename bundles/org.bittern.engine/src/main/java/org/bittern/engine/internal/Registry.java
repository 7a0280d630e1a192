package org.bittern.engine.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.metainfo.InfoHash;
import org.bittern.metainfo.MetainfoException;
import org.bittern.spi.peer.PeerProtocol;
import org.jspecify.annotations.Nullable;

/** All torrents of a session, by number and by hash, and the way in for peers. Thread-safe. */
final class Registry implements PeerProtocol.LinkRouter {
    private final SessionScope session;
    private final Map<Integer, TorrentHandle> byNumber = new ConcurrentSkipListMap<>();
    private final Map<WireHash, Links.Door> doors = new ConcurrentHashMap<>();
    private final Map<TorrentCore, TorrentHandle> handles = new ConcurrentHashMap<>();

    Registry(SessionScope session) {
        this.session = session;
    }

    void add(TorrentHandle torrent) {
        torrent.core().course().among(() -> twin(torrent));
        handles.put(torrent.core(), torrent);
        byNumber.put(torrent.number(), torrent);
        learn(torrent);
    }

    /** A torrent has (another) hash: callers and peers find it by that too. */
    void learn(TorrentHandle torrent) {
        // synchronized: loops learn while the clerk removes, and a door behind which nobody is
        // would keep out the next torrent of its hash; nothing in here waits
        synchronized (doors) {
            if (handles.containsKey(torrent.core())) {
                for (byte[] wire : torrent.fullHash().wireHashes()) {
                    doors.putIfAbsent(WireHash.of(wire), new Links.Door(torrent.core(), wire));
                }
            }
        }
    }

    void remove(TorrentHandle torrent) {
        byNumber.remove(torrent.number());
        session.succession().numbers().removed(torrent.storedAs());
        synchronized (doors) {
            handles.remove(torrent.core());
            doors.values().removeIf(door -> door.torrent() == torrent.core());
        }
        // Two links of one hybrid may have been added before anybody knew; the other one goes on.
        sharing(torrent.fullHash()).ifPresent(this::learn);
    }

    /** All are restored: callers of the engine before may not have heard who went. */
    void tellWhoIsGone() {
        List<InfoHash> there = all().stream().map(TorrentHandle::storedAs).toList();
        session.changes().removedBefore(session.succession().numbers().gone(there));
    }

    /** Another torrent whose content is the same, if that is the one that peers find. */
    private Optional<InfoHash> twin(TorrentHandle torrent) {
        return sharing(torrent.fullHash())
                .filter(other -> !other.equals(torrent))
                .map(TorrentHandle::infoHash);
    }

    /** Asks torrents for something, each on its loop; done when all have answered. */
    static CompletableFuture<Void> ask(
            Collection<TorrentHandle> torrents, BiConsumer<TorrentCore, Runnable> what) {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (TorrentHandle torrent : torrents) {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            answers.add(answer);
            try {
                torrent.loop()
                        .execute(() -> what.accept(torrent.core(), () -> answer.complete(null)));
            } catch (RejectedExecutionException e) {
                answer.complete(null); // its loop has stopped, and so has the torrent
            }
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
    }

    /** In order of their numbers. */
    Collection<TorrentHandle> all() {
        return byNumber.values();
    }

    int size() {
        return byNumber.size();
    }

    Optional<TorrentHandle> number(int number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    /** The torrent that shares a hash with this one. */
    Optional<TorrentHandle> sharing(InfoHash infoHash) {
        for (byte[] wire : infoHash.wireHashes()) {
            Links.Door door = doors.get(WireHash.of(wire));
            TorrentHandle handle = door == null ? null : handles.get(door.torrent());
            if (handle != null && handle.fullHash().sameTorrent(infoHash)) {
                return Optional.of(handle);
            }
        }
        return Optional.empty();
    }

    /** The torrent with this hash in hex. */
    Optional<TorrentHandle> id(String id) {
        if (id.length() != 2 * InfoHash.V1_BYTES && id.length() != 2 * InfoHash.V2_BYTES) {
            return Optional.empty();
        }
        try {
            return sharing(InfoHash.parse(id));
        } catch (MetainfoException e) {
            return Optional.empty();
        }
    }

    // ---- LinkRouter

    @Override
    public PeerProtocol.@Nullable LinkHost find(byte[] infoHash) {
        return doors.get(WireHash.of(infoHash));
    }

    @Override
    public Iterable<byte[]> infoHashes() {
        List<byte[]> hashes = new ArrayList<>(doors.size());
        doors.keySet().forEach(hash -> hashes.add(hash.bytes()));
        return hashes;
    }

    @Override
    public PeerProtocol.EncryptionPolicy incomingEncryption() {
        return Links.encryption(session);
    }

    /**
     * Torrents that have moved come first: what they know must be stored, others may lose a minute.
     */
    List<TorrentHandle> byNeed() {
        List<TorrentHandle> torrents = new ArrayList<>();
        List<TorrentHandle> others = new ArrayList<>();
        for (TorrentHandle torrent : all()) {
            (hasMoved(torrent.snapshot().transfer()) ? torrents : others).add(torrent);
        }
        torrents.addAll(others);
        return torrents;
    }

    private static boolean hasMoved(TorrentSnapshot.Transfer transfer) {
        return transfer.downloadedBytes() + transfer.uploadedBytes() > 0;
    }
}
