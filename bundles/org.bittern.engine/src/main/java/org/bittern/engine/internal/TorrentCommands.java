package org.bittern.engine.internal;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.bittern.api.engine.EngineEvent;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.EngineException.Code;
import org.bittern.api.engine.FileSnapshot;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.Priority;
import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.TorrentOptions;
import org.bittern.api.engine.TorrentView;
import org.bittern.api.engine.TrackerSnapshot;
import org.bittern.engine.internal.choice.ResumeData;
import org.bittern.metainfo.Bitfield;
import org.bittern.metainfo.FileEntry;
import org.jspecify.annotations.Nullable;

/**
 * What callers ask of a torrent beside starting and stopping it: options, selection, trackers,
 * places, and looking at it. Owned by the torrent's loop. A command that is refused has changed
 * nothing.
 */
final class TorrentCommands {
    private final TorrentCore torrent;
    private Settings options;
    private List<String> labels;
    private boolean trackersChanged;

    TorrentCommands(TorrentCore torrent, Settings options, List<String> labels) {
        this.torrent = torrent;
        this.options = options;
        this.labels = labels;
    }

    Settings options() {
        return options;
    }

    List<String> labels() {
        return labels;
    }

    // ---- looking

    /**
     * All of it.
     *
     * @param revision what is shown has
     */
    TorrentView view(long revision) {
        return new TorrentView(
                torrent.snapshot(revision), pieces(), trackerSnapshots(), peerSnapshots());
    }

    List<PeerSnapshot> peerSnapshots() {
        List<PeerSnapshot> snapshots = new ArrayList<>();
        for (PeerSession peer : torrent.swarm().peers()) {
            if (peer.isOpen() && !peer.origin().isWebSeed()) {
                snapshots.add(peer.snapshot());
            }
        }
        return List.copyOf(snapshots);
    }

    List<FileSnapshot> fileSnapshots() {
        Content content = torrent.content();
        return content == null
                ? List.of()
                : content.snapshots(torrent.storage().places(), torrent.openStore());
    }

    List<TrackerSnapshot> trackerSnapshots() {
        return List.copyOf(torrent.discovery().status());
    }

    Bitfield pieces() {
        Content content = torrent.content();
        return content == null ? new Bitfield(0) : content.verified().copy();
    }

    int[] availability() {
        Content content = torrent.content();
        return content == null ? new int[0] : content.picker().availability();
    }

    long desiredAvailableBytes() {
        Content content = torrent.content();
        return content == null ? 0 : content.desiredAvailableBytes();
    }

    // ---- peers

    void addPeer(InetSocketAddress address) {
        if (address.getPort() == 0) {
            throw new EngineException(Code.INVALID_ARGUMENT, "port 0, allowed are 1 to 65535");
        }
        torrent.dialler().manual(address);
    }

    void disconnectPeer(InetSocketAddress address) {
        for (PeerSession peer : List.copyOf(torrent.swarm().peers())) {
            if (peer.address().equals(address)) {
                peer.close("asked to");
            }
        }
    }

    // ---- options

    /**
     * Refuses keys that no torrent has.
     *
     * @throws EngineException INVALID_ARGUMENT
     */
    static void check(Settings changes) {
        for (Setting<?> key : changes.keys()) {
            if (!TorrentOptions.ALL.contains(key)) {
                throw new EngineException(
                        Code.INVALID_ARGUMENT, key.name() + " is no option of a torrent");
            }
        }
    }

    void setOptions(Settings changes) {
        check(changes);
        options = options.overlaid(changes);
        applyOptions();
        edited(EngineEvent.Aspect.OPTIONS);
    }

    /** Puts the options in force; also when the metadata has come. */
    void applyOptions() {
        policiesChanged();
        Content content = torrent.content();
        if (content != null) {
            content.picker().sequential(options.get(TorrentOptions.SEQUENTIAL));
            content.picker().sequentialFrom(options.get(TorrentOptions.SEQUENTIAL_FROM));
            content.firstAndLastFirst(options.get(TorrentOptions.FIRST_LAST_PIECE));
        }
        torrent.swarm().superSeeder().reconsider();
        torrent.swarm().slots().interestChanged();
        applyConnections();
    }

    /** The user changed something: it is dated, told and stored. */
    void edited(EngineEvent.Aspect what) {
        torrent.chronicle().edited();
        torrent.keeper().soon();
        torrent.tell((at, number, hash) -> new EngineEvent.Changed(at, number, hash, Set.of(what)));
    }

    /**
     * Settings of the session changed.
     *
     * @param keys names of those that are others now
     */
    void settingsChanged(Set<String> keys) {
        torrent.dialler().settingsChanged();
        if (!Collections.disjoint(keys, ProxySettings.NAMES)) {
            torrent.swarm().closeAll("the proxy is another"); // no link may go on around it
            torrent.course().presence().bindingChanged();
        } else if (!Collections.disjoint(keys, Binding.NAMES)) {
            torrent.course().presence().bindingChanged();
        } else {
            torrent.discovery().settingsChanged(keys);
        }
        policiesChanged();
        torrent.swarm().slots().interestChanged();
        applyConnections();
    }

    /** The session is on other addresses of the machine than before. */
    void interfacesChanged(Binding before, Binding now) {
        if (!now.covers(before)) {
            torrent.swarm().closeAll("the interface has gone");
        }
        torrent.dialler().settingsChanged();
        torrent.course().presence().bindingChanged();
    }

    /** Limits of the session, of groups or labels changed. */
    void policiesChanged() {
        torrent.links().limitsChanged();
        torrent.downloadsOf().demands().limitsChanged();
        torrent.turn().look();
    }

    private void applyConnections() {
        torrent.swarm().shrink();
        if (torrent.networked()) {
            torrent.dialler().dial();
        }
    }

    void setLabels(List<String> changed) {
        labels = changed;
        policiesChanged();
        edited(EngineEvent.Aspect.LABELS);
    }

    // ---- selection

    void setFilePriorities(
            Map<Integer, Priority> changes, Consumer<@Nullable EngineException> done) {
        Content content = torrent.content();
        if (content == null) {
            throw new EngineException(
                    Code.INVALID_ARGUMENT, "the files are not known before the metadata");
        }
        Content.check(content.metainfo(), changes);
        boolean finished = content.finished();
        content.prioritize(changes);
        torrent.course().wantsChanged();
        edited(EngineEvent.Aspect.FILES);
        torrent.storage()
                .relocation()
                .priorities(problem -> {
                    done.accept(problem);
                    finishIfNothingLacks(content, finished);
                });
    }

    /** Less is wanted than before, and perhaps all of that is there: so the download is over. */
    private void finishIfNothingLacks(Content content, boolean before) {
        boolean now = content.finished() && content.wantedBytes() > 0;
        if (now && !before && !torrent.removed()) {
            torrent.course().finishedDownload();
        }
    }

    void setPiecePriorities(List<Priority> priorities) {
        Content content = torrent.content();
        if (content == null) {
            throw new EngineException(
                    Code.INVALID_ARGUMENT, "the pieces are not known before the metadata");
        }
        boolean finished = content.finished();
        content.override(priorities);
        torrent.course().wantsChanged();
        edited(EngineEvent.Aspect.FILES);
        finishIfNothingLacks(content, finished);
    }

    // ---- trackers

    /** The tiers when they were changed. */
    boolean trackersChanged() {
        return trackersChanged;
    }

    void restoreTrackersChanged() {
        trackersChanged = true;
    }

    void setTrackers(List<List<String>> tiers) {
        Announces.check(tiers, torrent.discovery().trackers().tiers());
        trackersChanged = true;
        torrent.discovery().trackers(tiers);
        edited(EngineEvent.Aspect.TRACKERS);
    }

    void editTrackers(List<String> added, Set<Integer> removed, Map<Integer, String> replaced) {
        setTrackers(torrent.discovery().trackers().edited(added, removed, replaced));
    }

    // ---- places

    void move(Path directory, boolean moveData, Consumer<@Nullable EngineException> done) {
        Storage storage = torrent.storage();
        Path target =
                directory.isAbsolute()
                        ? directory.normalize()
                        : storage.places().destination().resolveSibling(directory).normalize();
        storage.places().asked(target);
        storage.relocation().move(target, moveData, done);
    }

    void rename(String path, String name, Consumer<@Nullable EngineException> done) {
        Content content = torrent.content();
        if (content == null) {
            throw new EngineException(
                    Code.INVALID_ARGUMENT, "the files are not known before the metadata");
        }
        if (!FileNames.isSafe(name)) {
            throw new EngineException(
                    Code.INVALID_ARGUMENT, "\"" + name + "\" cannot be the name of a file");
        }
        List<String> elements = List.of(path.split("/", -1));
        Places places = torrent.storage().places();
        boolean known = false;
        for (FileEntry file : content.metainfo().files()) {
            List<String> present = places.pathOf(file);
            known |=
                    !file.pad()
                            && present.size() >= elements.size()
                            && present.subList(0, elements.size()).equals(elements);
        }
        if (!known) {
            throw new EngineException(Code.INVALID_ARGUMENT, "no file or folder " + path);
        }
        if (elements.getLast().equals(name)) {
            done.accept(null);
        } else {
            torrent.storage().relocation().rename(new ResumeData.Rename(elements, name), done);
        }
    }
}
