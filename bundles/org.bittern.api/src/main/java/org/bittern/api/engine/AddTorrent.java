package org.bittern.api.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.metainfo.Magnet;
import org.bittern.metainfo.Metainfo;

/**
 * A request to add a torrent.
 *
 * @param source what to add
 * @param saveDirectory where its files lie; empty: the download directory of the session. A
 *     relative path is below that directory
 * @param start how it begins
 * @param filePriorities per file, missing ones are {@link Priority#NORMAL}
 * @param options keys of {@link TorrentOptions}
 * @param labels see {@link Torrent#setLabels}
 * @param history what another program knew of it; empty for a new torrent
 */
public record AddTorrent(
        Source source,
        Optional<Path> saveDirectory,
        Start start,
        Map<Integer, Priority> filePriorities,
        Settings options,
        List<String> labels,
        Optional<History> history) {

    public AddTorrent {
        filePriorities = Map.copyOf(filePriorities);
        labels = List.copyOf(labels);
    }

    /** What to add. */
    public sealed interface Source {
        /** A parsed torrent file. */
        record File(Metainfo metainfo, byte[] bytes) implements Source {}

        /** A magnet link; the metadata comes from peers (BEP 9). */
        record Link(Magnet magnet) implements Source {}
    }

    /** How a torrent begins. */
    public enum Start {
        /** As {@link EngineSettings#START_ADDED_TORRENTS} says: started or stopped. */
        SETTING,
        /** Runs as soon as the queue lets it. */
        STARTED,
        /** Connects, but moves no payload: {@link TorrentState#PAUSED}. */
        PAUSED,
        /** Only registered: {@link TorrentState#STOPPED}. */
        STOPPED
    }

    /** A torrent file with all defaults. */
    public static AddTorrent file(Metainfo metainfo, byte[] bytes) {
        return of(new Source.File(metainfo, bytes));
    }

    /** A magnet link with all defaults. */
    public static AddTorrent link(Magnet magnet) {
        return of(new Source.Link(magnet));
    }

    private static AddTorrent of(Source source) {
        return new AddTorrent(
                source,
                Optional.empty(),
                Start.STARTED,
                Map.of(),
                Settings.EMPTY,
                List.of(),
                Optional.empty());
    }

    /** The same request, its files in another directory. */
    public AddTorrent into(Path directory) {
        return new AddTorrent(
                source, Optional.of(directory), start, filePriorities, options, labels, history);
    }

    /** The same request with another beginning. */
    public AddTorrent starting(Start how) {
        return new AddTorrent(source, saveDirectory, how, filePriorities, options, labels, history);
    }

    /** The same request with other priorities, by the index of the file. */
    public AddTorrent priorities(Map<Integer, Priority> priorities) {
        return new AddTorrent(source, saveDirectory, start, priorities, options, labels, history);
    }

    /** The same request with other options: these take the place of all. */
    public AddTorrent with(Settings torrentOptions) {
        return new AddTorrent(
                source, saveDirectory, start, filePriorities, torrentOptions, labels, history);
    }

    /** The same request with other labels. */
    public AddTorrent labelled(List<String> names) {
        return new AddTorrent(
                source, saveDirectory, start, filePriorities, options, names, history);
    }

    /** The same request for a torrent that another program had. */
    public AddTorrent with(History known) {
        return new AddTorrent(
                source, saveDirectory, start, filePriorities, options, labels, Optional.of(known));
    }
}
