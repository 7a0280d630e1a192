package org.bittern.webseed.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.bittern.fuzz.Parts;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;
import org.bittern.metainfo.PieceMap;
import org.bittern.spi.net.PooledBuffer;
import org.bittern.spi.net.RateLimit;
import org.bittern.spi.peer.LinkEvents;
import org.bittern.spi.peer.PeerLink;
import org.bittern.spi.peer.PeerMessage;
import org.bittern.spi.peer.PeerMessage.Request;
import org.bittern.spi.peer.WebSeedProtocol.Seed;

/**
 * A link to a web seed (BEP 19), of which blocks are asked and taken back while its server sends as
 * it likes: each comes once and is what the files have there, or the link ends; nothing comes that
 * nobody waits for, and in the end no memory is lost and no answer is left open.
 */
public final class WebSeedLinkTarget {
    private static final int PIECE_BYTES = 32_768;
    private static final int MOST_GRANTED = 5_000;
    private static final int SMALL_FILES = 40;

    private final QueueLoop loop = new QueueLoop();
    private final Metainfo metainfo;
    private final FedServer server;
    private final WebSeedLink link;
    private final Set<Request> open = new LinkedHashSet<>(); // neither there nor taken back
    private boolean suspended;
    private boolean ended; // by us
    private boolean closed;

    private WebSeedLinkTarget(Metainfo metainfo, RateLimit limit) {
        this.metainfo = metainfo;
        String url = metainfo.singleFile() ? "http://server/f" : "http://server/dir/";
        server = new FedServer(url, metainfo);
        link =
                new WebSeedLink(
                        loop, new Seed(url, metainfo, limit), new byte[20], server, new Heard());
        link.begin();
    }

    public static void fuzzerTestOneInput(byte[] input) throws MetainfoException {
        Parts parts = new Parts(input);
        Metainfo metainfo = torrent(parts.number() % 3);
        RateLimit limit = parts.number() % 2 == 0 ? RateLimit.NONE : new Sparing();
        WebSeedLinkTarget target = new WebSeedLinkTarget(metainfo, limit);
        while (parts.more() && !target.closed) {
            target.happen(parts);
        }
        target.end();
    }

    // ---- torrents

    private static Metainfo torrent(int layout) throws MetainfoException {
        return switch (layout) {
            case 0 -> parse("6:lengthi170000e4:name1:f", 170_000);
            case 1 ->
                    parse(
                            "5:filesl%s%s%s%se4:name1:d"
                                    .formatted(
                                            file("a", 40_000),
                                            "d4:attr1:p6:lengthi25536e4:pathl4:.pad5:25536ee",
                                            file("b", 0),
                                            file("c", 70_001)),
                            135_537);
            default -> {
                StringBuilder files = new StringBuilder();
                for (int i = 0; i < SMALL_FILES; i++) {
                    files.append(file(Character.toString('A' + i), 1_000 + i));
                }
                yield parse("5:filesl" + files + "e4:name1:d", 40_780);
            }
        };
    }

    private static String file(String name, int length) {
        return "d6:lengthi%de4:pathl1:%see".formatted(length, name);
    }

    private static Metainfo parse(String fields, int length) throws MetainfoException {
        int hashes = (length + PIECE_BYTES - 1) / PIECE_BYTES * 20;
        String torrent =
                "d4:infod%s12:piece lengthi%de6:pieces%d:%see"
                        .formatted(fields, PIECE_BYTES, hashes, "x".repeat(hashes));
        return Metainfo.parse(torrent.getBytes(StandardCharsets.UTF_8));
    }

    // ---- what happens

    private void happen(Parts parts) {
        switch (parts.number() % 12) {
            case 0, 1 -> server.mood(parts.number());
            case 2 -> loop.turn();
            case 3 -> suspend(parts.number() % 2 == 0);
            case 4 -> takeBack(parts.number());
            case 5 -> awaitAll();
            case 6 -> close(parts.number());
            default -> ask(parts.number(), parts.number());
        }
        if (!server.fault().isEmpty()) {
            throw new AssertionError("asked for " + server.fault());
        }
    }

    private void ask(int which, int part) {
        PieceMap map = metainfo.pieces();
        int piece = which % map.pieceCount();
        int block = part % map.blocksIn(piece);
        Request request = new Request(piece, block * PieceMap.BLOCK, map.blockLength(piece, block));
        if (open.add(request)) {
            link.send(request);
        }
    }

    private void takeBack(int which) {
        if (!open.isEmpty()) {
            Request request = new ArrayList<>(open).get(which % open.size());
            open.remove(request);
            link.send(new PeerMessage.Cancel(request.piece(), request.begin(), request.length()));
        }
    }

    private void suspend(boolean now) {
        suspended = now;
        link.suspendReading(now);
    }

    private void awaitAll() {
        if (!suspended) {
            loop.until("all has come", () -> open.isEmpty() || closed);
        }
    }

    /** Seldom, or nothing would be left to happen. */
    private void close(int number) {
        if (number % 16 == 0) {
            ended = true;
            link.close("enough");
        }
    }

    private void end() {
        suspend(false);
        if (!ended) {
            awaitAll();
        }
        ended = true;
        link.close("over");
        loop.until("the link is closed", () -> closed);
        loop.until(
                "all memory is back", () -> loop.buffers().usedBytes() == 0 && server.open() == 0);
        if (!server.fault().isEmpty()) {
            throw new AssertionError("asked for " + server.fault());
        }
    }

    /** Grants little at a time, and nothing every third time. */
    private static final class Sparing implements RateLimit {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public int take(int wanted) {
            return asked.incrementAndGet() % 3 == 0 ? 0 : Math.min(wanted, MOST_GRANTED);
        }

        @Override
        public void giveBack(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("gives back " + bytes);
            }
        }

        @Override
        public long nanosUntilMore() {
            return 1;
        }
    }

    /** The torrent's side. */
    private final class Heard implements LinkEvents {
        @Override
        public void opened(PeerLink opened) {
            // nothing to do with it before it says what it has
        }

        @Override
        public void message(PeerMessage message) {
            boolean known =
                    message instanceof PeerMessage.HaveAll
                            || message instanceof PeerMessage.Unchoke;
            if (!known) {
                throw new AssertionError("says " + message);
            }
        }

        @Override
        public void block(int piece, int begin, PooledBuffer data) {
            ByteBuffer bytes = data.bytes();
            Request request = new Request(piece, begin, bytes.remaining());
            if (ended || closed || !open.remove(request)) {
                throw new AssertionError("nobody waits for " + request);
            }
            List<PieceMap.Span> spans = metainfo.pieces().spans(piece, begin, bytes.remaining());
            for (PieceMap.Span span : spans) {
                for (int i = 0; i < span.length(); i++) {
                    byte there = FedServer.at(span.file(), span.fileOffset() + i);
                    if (bytes.get() != (span.pad() ? 0 : there)) {
                        throw new AssertionError("other bytes in " + request);
                    }
                }
            }
            data.release();
        }

        @Override
        public void progress(int bytes) {
            throw new AssertionError("blocks of servers come as a whole");
        }

        @Override
        public void blockSent(int piece, int begin, int length) {
            throw new AssertionError("a server was sent a block");
        }

        @Override
        public void closed(boolean violation, String reason) {
            if (closed || reason.isEmpty()) {
                throw new AssertionError("closed twice, or without a reason");
            }
            closed = true;
        }
    }
}
