package org.bittern.engine.internal;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineSettings;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.engine.internal.choice.ResumeData;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.disk.DiskStore;
import org.bittern.spi.disk.StoreSpec;
import org.bittern.spi.disk.TorrentStore;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of a torrent lie and shall lie, and what they are called. Owned by the torrent's
 * loop.
 */
final class Places {
    private final Map<Integer, List<String>> renamed = new HashMap<>();
    private Path directory;
    private Path destination;
    private @Nullable Path movingTo; // null unless files are on their way
    private @Nullable Path asked; // null unless the user named a place in this run
    private double moved = 1;
    private ResumeData.@Nullable Rename renaming; // null unless one is being done
    private @Nullable String name; // null unless the user gave one
    private final Map<Integer, String> suffixes = new HashMap<>(); // in the store closed last

    /**
     * Begins.
     *
     * @param directory where the files are, or will be made
     * @param destination where they shall be when they are complete
     */
    Places(Path directory, Path destination) {
        this.directory = directory;
        this.destination = destination;
    }

    /** Takes over what an earlier run left. */
    void restore(ResumeData.Files files) {
        renamed.putAll(files.renamed());
        movingTo = files.plans().movingTo().orElse(null);
        renaming = files.plans().renaming().orElse(null);
        name = files.plans().name().orElse(null);
    }

    /** What the next run must know. */
    ResumeData.Plans plans() {
        return new ResumeData.Plans(
                destination,
                Optional.ofNullable(movingTo),
                Optional.ofNullable(renaming),
                Optional.ofNullable(name));
    }

    /** Where the files are read and written. */
    Path directory() {
        return directory;
    }

    /** Where they lie when they are complete. */
    Path destination() {
        return destination;
    }

    /** Whether the files are where they shall be. */
    boolean home() {
        return directory.equals(destination);
    }

    void destination(Path changed) {
        destination = changed;
    }

    /** The files are, or will be made, in another directory, and shall stay there. */
    void arrived(Path at) {
        directory = at;
        destination = at;
        stay();
    }

    /** The files turned out to lie where they shall be. */
    void foundHome() {
        directory = destination;
    }

    @Nullable Path movingTo() {
        return movingTo;
    }

    void movingTo(Path target) {
        movingTo = target;
        moved = 0;
    }

    /** The user wants the files there. */
    void asked(Path target) {
        asked = target;
    }

    /**
     * Has files moved. Where they shall lie when they are complete was made when the torrent was
     * added: when that is missing now, its disk may not be mounted, and it is not made again unless
     * the user asks for it.
     */
    TorrentStore.Cancellation move(
            TorrentStore store,
            Path target,
            TorrentStore.MoveProgress progress,
            Consumer<DiskResult<Void>> done) {
        return target.equals(destination) && !target.equals(asked)
                ? store.moveInto(target, progress, done)
                : store.move(target, progress, done);
    }

    /** No move is wanted any more. */
    void stay() {
        movingTo = null;
        moved = 1;
    }

    void moved(double fraction) {
        moved = fraction;
    }

    // ---- names

    /** File index → path below the directory, of files that were renamed. */
    Map<Integer, List<String>> renamed() {
        return renamed;
    }

    List<String> pathOf(FileEntry file) {
        return renamed.getOrDefault(file.index(), file.path());
    }

    ResumeData.@Nullable Rename renaming() {
        return renaming;
    }

    void renaming(ResumeData.@Nullable Rename wanted) {
        renaming = wanted;
    }

    /** A rename was done on disk. */
    void renamed(ResumeData.Rename done, Metainfo metainfo) {
        int depth = done.path().size();
        for (FileEntry file : metainfo.files()) {
            List<String> path = pathOf(file);
            if (!file.pad() && path.size() >= depth && path.subList(0, depth).equals(done.path())) {
                renamed.put(file.index(), done.applied(path));
            }
        }
        if (depth == 1) {
            name = done.name();
        }
    }

    /** The name that the user gave, or another one. */
    String nameOr(String other) {
        return name == null ? other : name;
    }

    // ---- looking

    /** Remembers of a store that is about to be closed what files are called. */
    void remember(TorrentStore store, int files) {
        suffixes.clear();
        for (int file = 0; file < files; file++) {
            String name = store.location(file).toString();
            for (String suffix : StoreSpec.PART_SUFFIXES) {
                if (name.endsWith(suffix)) {
                    suffixes.put(file, suffix);
                }
            }
        }
    }

    /**
     * Where the bytes of a file are.
     *
     * @param open null while the files are closed
     */
    Path location(FileEntry file, @Nullable TorrentStore open) {
        if (open != null) {
            return open.location(file.index());
        }
        List<String> path = pathOf(file);
        String whole = String.join("/", path);
        String suffix = suffixes.getOrDefault(file.index(), "");
        return directory.resolve(path.getLast().endsWith(suffix) ? whole : whole + suffix);
    }

    TorrentSnapshot.Storage snapshot() {
        return new TorrentSnapshot.Storage(directory, Optional.ofNullable(movingTo), moved);
    }

    /** Opens the files in a store; null when there is none, or when its bundle has just stopped. */
    @Nullable TorrentStore openIn(@Nullable DiskStore store, TorrentCore torrent) {
        return openIn(store, torrent, directory());
    }

    /** The same in another directory than that of the moment. */
    @Nullable TorrentStore openIn(@Nullable DiskStore store, TorrentCore torrent, Path where) {
        if (store == null) {
            return null;
        }
        StoreSpec spec = spec(torrent, where);
        try {
            return store.open(spec);
        } catch (IllegalStateException e) {
            return null; // we are told of the next one
        }
    }

    /** What a store must know of the torrent whose places these are. */
    private StoreSpec spec(TorrentCore torrent, Path where) {
        Content content = torrent.requireContent();
        return new StoreSpec(
                content.metainfo(),
                where,
                renamed(),
                content.filePriorities(),
                torrent.session().setting(EngineSettings.PREALLOCATION),
                torrent.session().setting(EngineSettings.RENAME_PARTIAL_FILES),
                completion -> torrent.loop().execute(() -> torrent.guard(completion)));
    }
}
