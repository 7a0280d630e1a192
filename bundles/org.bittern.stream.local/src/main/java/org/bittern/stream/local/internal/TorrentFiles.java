package org.bittern.stream.local.internal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.Torrent;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.api.host.EngineHost;
import org.bittern.api.stream.NotReadyException;
import org.bittern.api.stream.StreamFile;
import org.bittern.metainfo.Metainfo;

/** The files of all torrents whose metadata is known. Thread-safe. */
final class TorrentFiles {
    private final EngineHost host;
    private final Readers readers;

    TorrentFiles(EngineHost host, Readers readers) {
        this.host = host;
        this.readers = readers;
    }

    CompletionStage<Optional<StreamFile>> find(String fileId) {
        Optional<FileId> id = FileId.parse(fileId);
        Optional<Engine> engine = host.engine();
        if (id.isPresent() && engine.isEmpty()) {
            return CompletableFuture.failedStage(withoutEngine());
        }
        Optional<Torrent> torrent =
                id.flatMap(known -> engine.orElseThrow().torrent(known.torrent()));
        if (torrent.isEmpty()) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        if (torrent.get().metainfo().isEmpty()) {
            return CompletableFuture.failedStage(withoutMetadata(torrent.get()));
        }
        int index = id.get().index();
        return files(torrent.get())
                .thenApply(files ->
                        files.stream().filter(file -> file.id().endsWith("-" + index)).findFirst());
    }

    private static NotReadyException withoutEngine() {
        return new NotReadyException(false, "no engine is running");
    }

    private static NotReadyException withoutMetadata(Torrent torrent) {
        Optional<String> hindrance = TorrentBrain.hindrance(torrent.snapshot());
        return new NotReadyException(
                hindrance.isEmpty(), hindrance.orElse("the metadata is not known yet"));
    }

    /** Somebody waits for the metadata: it is not fetched while a torrent is queued or paused. */
    void awaited(String fileId) {
        FileId.parse(fileId)
                .flatMap(id -> host.engine().flatMap(engine -> engine.torrent(id.torrent())))
                .filter(torrent -> torrent.metainfo().isEmpty())
                .ifPresent(readers::awaitMetadata);
    }

    CompletionStage<List<StreamFile>> files(Optional<String> group) {
        Optional<Engine> engine = host.engine();
        if (engine.isEmpty()) {
            return CompletableFuture.failedStage(withoutEngine());
        }
        CompletionStage<List<StreamFile>> all = CompletableFuture.completedStage(List.of());
        for (Torrent torrent : torrents(engine.get(), group)) {
            all = all.thenCombine(files(torrent), TorrentFiles::joined);
        }
        return all;
    }

    private static List<Torrent> torrents(Engine engine, Optional<String> group) {
        return group.isEmpty() ? engine.torrents() : engine.torrent(group.get()).stream().toList();
    }

    private static List<StreamFile> joined(List<StreamFile> first, List<StreamFile> second) {
        List<StreamFile> joined = new ArrayList<>(first);
        joined.addAll(second);
        return joined;
    }

    /** Those that can be streamed; none of a torrent that is just being removed. */
    private static CompletionStage<List<StreamFile>> files(Torrent torrent) {
        Optional<Metainfo> metainfo = torrent.metainfo();
        if (metainfo.isEmpty()) {
            return CompletableFuture.completedStage(List.of());
        }
        TorrentSnapshot snapshot = torrent.snapshot();
        Instant added = snapshot.times().added();
        Instant modified = modified(metainfo.get().creationDate(), added);
        return torrent.files()
                .thenApply(files ->
                        files.stream()
                                .filter(file -> !file.padding())
                                .map(file -> describe(snapshot, modified, file))
                                .toList())
                .exceptionally(gone -> List.of());
    }

    /**
     * A constant date that a server may give: whoever made the torrent can have claimed any, and
     * one that is still to come is none (RFC 9110, 8.8.2.1).
     */
    static Instant modified(Optional<Instant> created, Instant added) {
        return created.filter(moment -> !moment.isAfter(added)).orElse(added);
    }

    private static StreamFile describe(
            TorrentSnapshot torrent, Instant modified, FileSnapshot file) {
        String id = new FileId(torrent.id(), file.index()).toString();
        String top = torrent.name() + "/";
        String name =
                file.path().startsWith(top) ? file.path().substring(top.length()) : file.path();
        Path path = file.location().toAbsolutePath();
        return new StreamFile(
                id,
                torrent.id(),
                torrent.name(),
                path,
                name,
                file.lengthBytes(),
                Optional.empty(),
                id,
                modified);
    }
}
