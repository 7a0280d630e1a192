package org.bittern.control;

import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.bittern.api.engine.AddTorrent;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.Settings;
import org.bittern.api.engine.Torrent;
import org.bittern.api.host.EngineHost;
import org.bittern.api.host.EngineHost.EngineStart;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs the commands. Thread-safe; every method blocks until the engine has answered, at most
 * {@value #ANSWER_SECONDS} seconds, and throws {@link ControlException} when it refuses.
 */
public final class Orchestrator {
    /** The engine answers commands at once; a longer silence is a defect and must be seen. */
    static final int ANSWER_SECONDS = 30;

    /** The engine promises to close within 4. */
    static final int END_SECONDS = 5;

    private static final Logger log = LoggerFactory.getLogger(Orchestrator.class);

    private final EngineHost host;
    private final Path defaultDownloads;

    /**
     * Makes one for a host.
     *
     * @param defaultDownloads download directory when a configuration names none
     */
    public Orchestrator(EngineHost host, Path defaultDownloads) {
        this.host = host;
        this.defaultDownloads = defaultDownloads;
    }

    /** True while an engine runs. */
    public boolean running() {
        return present().isPresent();
    }

    /** The engine while one runs: after a look it may be gone, so look once. */
    public Optional<Engine> present() {
        return host.engine();
    }

    /**
     * Starts the engine.
     *
     * @param config the names of {@code init}
     * @return {@code listen_port}, and {@code ignored} when names were not known
     */
    public Map<String, Object> start(Params config) {
        requireNone();
        EngineStart start = EngineConfig.read(config, defaultDownloads);
        Engine engine = answer(host.start(start), ControlException::ofStart);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("listen_port", engine.status().listenPort());
        result.putAll(config.remainder());
        return result;
    }

    /** Refuses to go on while an engine runs; of a start this is looked at first. */
    public void requireNone() {
        if (running()) {
            throw new ControlException(
                    ControlException.Code.ENGINE_ALREADY_RUNNING, "an engine is already running");
        }
    }

    /** Stops the engine: state is flushed, {@code stopped} announced. */
    public void stop() {
        answer(host.stop());
    }

    /**
     * Stops the engine, if one runs, because the process is to end. Whatever happens this returns,
     * after {@value #END_SECONDS} seconds at most.
     */
    public void end() {
        end(Duration.ofSeconds(END_SECONDS));
    }

    void end(Duration patience) {
        try {
            host.stop().toCompletableFuture().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            log.warn("the engine did not stop within {} s", patience.toSeconds());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof EngineException refusal)
                    || refusal.code() != EngineException.Code.ENGINE_NOT_RUNNING) {
                log.warn("the engine did not stop in order", e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Version, listen port, torrents and totals. */
    public Map<String, Object> status() {
        return status(engine());
    }

    /** The same of an engine that was found to run. */
    public static Map<String, Object> status(Engine engine) {
        return StatusView.engine(engine.status(), engine.snapshots());
    }

    /**
     * Adds a torrent.
     *
     * @return {@code torrent_id}, and {@code duplicate} when it was there already
     */
    public Map<String, Object> add(AddTorrent request) {
        Engine.Added added = answer(engine().add(request));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("torrent_id", added.torrent().infoHash().hex());
        if (added.duplicate()) {
            result.put("duplicate", true);
        }
        return result;
    }

    /** The status object of the contract. */
    public Map<String, @Nullable Object> torrentStatus(String id) {
        Torrent torrent = torrent(id);
        return StatusView.torrent(
                torrent.snapshot(),
                answer(torrent.pieces()),
                answer(torrent.files()),
                answer(torrent.peers()));
    }

    /** Removes a torrent, with its files when asked. */
    public void remove(String id, boolean deleteData) {
        Torrent torrent = torrent(id);
        answer(engine().remove(torrent, deleteData));
    }

    /** Keeps connections, moves no block. */
    public void pause(String id) {
        answer(torrent(id).pause());
    }

    /** Continues from paused, stopped or error. */
    public void resume(String id) {
        answer(torrent(id).start());
    }

    /** Hashes all files again. */
    public void recheck(String id) {
        answer(torrent(id).recheck());
    }

    /** Announces now on every tier and DHT. */
    public void reannounce(String id) {
        answer(torrent(id).reannounce());
    }

    /** Dials a peer at once. */
    public void addPeer(String id, String host, int port) {
        answer(torrent(id).addPeer(InetSocketAddress.createUnresolved(host, port)));
    }

    /** Closes the connections to a peer, if there are any. */
    public void disconnectPeer(String id, String host, int port) {
        answer(torrent(id).disconnectPeer(new InetSocketAddress(host, port)));
    }

    /** How many peers have each piece; empty before the metadata. */
    public Map<String, Object> availability(String id) {
        int[] counts = answer(torrent(id).availability());
        return Map.of("availability", Arrays.stream(counts).boxed().toList());
    }

    /** Changes options, all or none: everything is read and checked before the first change. */
    public void setOptions(String id, Params params) {
        Torrent torrent = torrent(id);
        TorrentChanges changes =
                TorrentChanges.read(params, torrent.snapshot(), torrent.metainfo());
        changes.filePriorities().ifPresent(p -> answer(torrent.setFilePriorities(p)));
        changes.piecePriorities().ifPresent(p -> answer(torrent.setPiecePriorities(p)));
        Settings options = changes.options();
        if (!options.keys().isEmpty()) {
            answer(torrent.setOptions(options));
        }
    }

    /** Begins to move the files; how far that is shows in the status, and why it failed. */
    public void move(String id, String directory, boolean moveData) {
        try {
            var _ = torrent(id).move(Path.of(directory), moveData);
        } catch (InvalidPathException e) {
            throw ControlException.invalid("'path': " + e.getMessage());
        }
    }

    /** Renames a file or folder. */
    public void rename(String id, String path, String name) {
        answer(torrent(id).rename(path, name));
    }

    /** Closes connections and files. */
    public void stop(String id) {
        answer(torrent(id).stop());
    }

    /** The running engine. */
    public Engine engine() {
        try {
            return host.require();
        } catch (EngineException e) {
            throw ControlException.of(e);
        }
    }

    /** The torrent with this id; the engine is looked for first. */
    public Torrent torrent(String id) {
        return engine().torrent(id)
                .orElseThrow(() ->
                        new ControlException(
                                ControlException.Code.TORRENT_NOT_FOUND,
                                "no torrent " + printable(id)));
    }

    private static String printable(String id) {
        return id.length() > 64 || !id.chars().allMatch(Character::isLetterOrDigit)
                ? "with this id"
                : id;
    }

    /** Waits for the engine. */
    public static <T> T answer(CompletionStage<T> stage) {
        return answer(stage, ControlException::of);
    }

    private static <T> T answer(
            CompletionStage<T> stage, Function<EngineException, ControlException> words) {
        try {
            return stage.toCompletableFuture().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException refusal) {
                throw words.apply(refusal);
            }
            throw new IllegalStateException("the engine failed", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the engine did not answer in " + ANSWER_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
