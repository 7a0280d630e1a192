package org.bittern.transmission.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.Torrent;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes torrents out of an engine, all at the same time: one whose files cannot be deleted, or only
 * slowly, holds up no other. Blocks; used once.
 */
final class Removal {
    /** So long is waited for the files; clients give up after 30 s, some earlier. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(Removal.class);

    /** A torrent and the end of its removal. */
    private record Leaving(Torrent torrent, CompletableFuture<Void> done) {}

    private final Engine engine;
    private final Duration patience;

    Removal(Engine engine, Duration patience) {
        this.engine = engine;
        this.patience = patience;
    }

    /**
     * Removes all of them. A torrent has left the engine before its files are closed or deleted:
     * when that takes longer it goes on without the caller, and a failure is logged.
     *
     * @throws RpcException what went wrong with the first of those that failed; all were tried
     */
    void perform(List<Torrent> torrents, boolean deleteData) throws RpcException {
        List<Leaving> all = new ArrayList<>();
        for (Torrent torrent : torrents) {
            all.add(new Leaving(torrent, engine.remove(torrent, deleteData).toCompletableFuture()));
        }
        await(all);
        all.stream().filter(leaving -> !leaving.done().isDone()).forEach(Removal::follow);
        for (Leaving leaving : all) {
            if (leaving.done().isDone()) {
                Engines.settle(leaving.done());
            } else {
                requireGone(leaving.torrent());
            }
        }
    }

    private void requireGone(Torrent torrent) {
        if (engine.torrent(torrent.number()).filter(torrent::equals).isPresent()) {
            throw new IllegalStateException(
                    "the engine did not answer in " + patience.toSeconds() + " s");
        }
    }

    private void await(List<Leaving> all) throws RpcException {
        CompletableFuture<?>[] ends =
                all.stream().map(Leaving::done).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(ends).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            log.debug("not all was removed: {}", e.toString()); // which is told in their order
        } catch (TimeoutException e) {
            log.debug("files of removed torrents are still being closed or deleted");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RpcException(RpcError.INTERNAL, "engine unavailable");
        }
    }

    private static void follow(Leaving leaving) {
        var _ =
                leaving.done()
                        .whenComplete((_, failure) -> {
                            if (failure != null) {
                                log.warn(
                                        "{} was removed, but: {}",
                                        leaving.torrent().infoHash().shortHex(),
                                        failure.getMessage());
                            }
                        });
    }
}
