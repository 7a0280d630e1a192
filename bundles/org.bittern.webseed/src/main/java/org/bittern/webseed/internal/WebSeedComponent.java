package org.bittern.webseed.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.FileParts;
import org.bittern.spi.net.LoopBarrier;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.WebSeedProtocol;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens links to HTTP servers. Thread-safe. */
@Component
public final class WebSeedComponent implements WebSeedProtocol {
    private static final Logger log = LoggerFactory.getLogger(WebSeedComponent.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final FileParts parts;
    private final Set<Opening> open = ConcurrentHashMap.newKeySet();

    @Activate
    public WebSeedComponent(@Reference FileParts parts) {
        this.parts = parts;
    }

    @Override
    public void open(EventLoop loop, Seed seed, byte[] peerId, LinkEvents events) {
        Opening opening = new Opening(loop, seed, peerId, events);
        open.add(opening);
        Thread.ofVirtual().name("webseed-begin").start(opening::knock);
    }

    /** The links end; who has them may open others with the successor. */
    @Deactivate
    void stop() {
        List<Opening> all = List.copyOf(open);
        for (Opening opening : all) {
            opening.onLoop(() -> opening.end("the web seeds are exchanged"));
        }
        LoopBarrier.pass(all.stream().map(opening -> opening.loop).distinct().toList());
    }

    /** A link from the first knock on, and who hears of it. All but the knock on the loop. */
    private final class Opening implements LinkEvents {
        private final EventLoop loop;
        private final Seed seed;
        private final LinkEvents events;
        private final FileParts.Visit visit = parts.visit();
        private final Files files =
                (url, offset, length) -> visit.part(url, offset, length, PATIENCE);
        private final WebSeedLink link;
        private boolean begun;
        private boolean over;

        Opening(EventLoop loop, Seed seed, byte[] peerId, LinkEvents events) {
            this.loop = loop;
            this.seed = seed;
            this.events = events;
            link = new WebSeedLink(loop, seed, peerId, files, this);
        }

        /** Asks for one byte: is the server there, does it have the files? Blocks. */
        void knock() {
            try {
                files.open(firstUrl(), 0, 1).close();
                onLoop(() -> {
                    if (!over) {
                        begun = true;
                        link.begin();
                    }
                });
            } catch (FileParts.NotThere e) {
                onLoop(() -> closed(true, String.valueOf(e.getMessage())));
            } catch (IOException e) {
                onLoop(() -> closed(false, String.valueOf(e.getMessage())));
            }
        }

        /** Blocks. */
        private void leave() {
            try {
                visit.close();
            } catch (IOException e) {
                log.debug("leaving {}: {}", link.remote(), e.getMessage());
            }
        }

        private String firstUrl() throws FileParts.NotThere {
            Metainfo metainfo = seed.metainfo();
            for (FileEntry file : metainfo.files()) {
                if (file.length() > 0 && !file.pad()) {
                    return new SeedUrls(seed.url(), metainfo).of(file);
                }
            }
            throw new FileParts.NotThere("there is nothing to download");
        }

        void end(String reason) {
            if (begun) {
                link.close(reason);
            } else {
                closed(false, reason);
            }
        }

        void onLoop(Runnable task) {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException _) {
                open.remove(this); // the loop has ended, and all that was on it
            }
        }

        @Override
        public void opened(PeerLink opened) {
            events.opened(opened);
        }

        @Override
        public void message(PeerMessage message) {
            events.message(message);
        }

        @Override
        public void block(int piece, int begin, PooledBuffer data) {
            events.block(piece, begin, data);
        }

        @Override
        public void progress(int bytes) {
            events.progress(bytes);
        }

        @Override
        public void blockSent(int piece, int begin, int length) {
            events.blockSent(piece, begin, length);
        }

        @Override
        public void closed(boolean violation, String reason) {
            if (!over) {
                over = true;
                open.remove(this);
                Thread.ofVirtual().name("webseed-end").start(this::leave);
                events.closed(violation, reason);
            }
        }
    }
}
