package org.bittern.stream.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bittern.api.stream.StreamFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to one GET or HEAD for a file (RFC 9110): conditions, ranges, headers, and the body by
 * a {@link Delivery}. Used by the thread of its request.
 */
final class FileAnswer {
    private static final Logger log = LoggerFactory.getLogger(FileAnswer.class);
    private static final int RETRY_SECONDS = 5;

    /** Between parts; no file content can be mistaken for it, as lengths are told. */
    private static final String BOUNDARY = "bittern-5f2d7a41c06e";

    private static final String LINE = "\r\n";

    private final Exchange exchange;
    private final StreamFile file;
    private final boolean download;

    /**
     * Makes the answer.
     *
     * @param download the client wants to save, not to show it
     */
    FileAnswer(Exchange exchange, StreamFile file, boolean download) {
        this.exchange = exchange;
        this.file = file;
        this.download = download;
    }

    void give(Delivery delivery) throws IOException, InterruptedException {
        Preconditions conditions =
                new Preconditions(file.etag(), file.modified(), exchange::headers);
        switch (conditions.outcome()) {
            case FAILED -> {
                validators();
                refuse(412, "the file is another one");
            }
            case NOT_MODIFIED -> {
                validators();
                exchange.status(304);
                // The server would say 0, which a 304 must not: it tells of the file (8.6).
                exchange.header("Content-Length", Long.toString(file.lengthBytes()));
            }
            case PROCEED -> proceed(delivery, conditions);
        }
    }

    private void proceed(Delivery delivery, Preconditions conditions)
            throws IOException, InterruptedException {
        List<String> header = exchange.headers("Range");
        RangeHeader range =
                exchange.isHead() || header.size() != 1 || !conditions.rangeCounts()
                        ? new RangeHeader.Whole()
                        : RangeHeader.parse(header.getFirst(), file.lengthBytes());
        switch (range) {
            case RangeHeader.Unsatisfiable ignored -> unsatisfiable();
            case RangeHeader.Whole ignored -> whole(delivery);
            case RangeHeader.Parts parts when parts.ranges().size() == 1 ->
                    part(delivery, parts.ranges().getFirst());
            case RangeHeader.Parts parts -> several(delivery, parts.ranges());
        }
    }

    private void unsatisfiable() throws IOException {
        exchange.header("Content-Range", "bytes */" + file.lengthBytes());
        exchange.header("Accept-Ranges", "bytes");
        refuse(416, "the file has " + file.lengthBytes() + " bytes");
    }

    private void whole(Delivery delivery) throws IOException, InterruptedException {
        exchange.status(200);
        describe();
        exchange.header("Content-Type", contentType());
        exchange.header("Content-Length", Long.toString(file.lengthBytes()));
        if (!exchange.isHead() && file.lengthBytes() > 0) {
            send(() -> delivery.send(new RangeHeader.Bytes(0, file.lengthBytes() - 1)));
        }
    }

    private void part(Delivery delivery, RangeHeader.Bytes part)
            throws IOException, InterruptedException {
        exchange.status(206);
        describe();
        exchange.header("Content-Type", contentType());
        exchange.header("Content-Range", contentRange(part));
        exchange.header("Content-Length", Long.toString(part.length()));
        send(() -> delivery.send(part));
    }

    private void several(Delivery delivery, List<RangeHeader.Bytes> parts)
            throws IOException, InterruptedException {
        List<byte[]> heads = new ArrayList<>();
        byte[] tail = ascii(LINE + "--" + BOUNDARY + "--" + LINE);
        long length = tail.length;
        for (RangeHeader.Bytes part : parts) {
            String head =
                    (heads.isEmpty() ? "" : LINE)
                            + ("--" + BOUNDARY + LINE)
                            + ("Content-Type: " + contentType() + LINE)
                            + ("Content-Range: " + contentRange(part) + LINE + LINE);
            heads.add(ascii(head));
            length += heads.getLast().length + part.length();
        }
        exchange.status(206);
        describe();
        exchange.header("Content-Type", "multipart/byteranges; boundary=" + BOUNDARY);
        exchange.header("Content-Length", Long.toString(length));
        send(() -> {
            OutputStream body = exchange.body();
            for (int i = 0; i < heads.size(); i++) {
                body.write(heads.get(i));
                delivery.send(parts.get(i));
            }
            body.write(tail);
        });
    }

    /**
     * Answers a GET for subtitles as WebVTT. All of the file is needed before any of it can be
     * told, but the headers are not held longer than those of other files: players give up.
     *
     * @param subRip where the delivery puts the file
     */
    void giveVtt(Delivery delivery, Capture subRip) throws IOException, InterruptedException {
        exchange.status(200);
        exchange.header("Content-Type", Subtitles.VTT);
        exchange.header("X-Content-Type-Options", "nosniff");
        exchange.header("Cache-Control", "no-store");
        send(() -> {
            if (file.lengthBytes() > 0) {
                delivery.send(new RangeHeader.Bytes(0, file.lengthBytes() - 1));
            }
            byte[] vtt = Subtitles.toVtt(subRip.bytes()).getBytes(StandardCharsets.UTF_8);
            if (!exchange.committed()) {
                exchange.header("Content-Length", Integer.toString(vtt.length));
            }
            exchange.body().write(vtt);
        });
    }

    /** Writes a body. */
    @FunctionalInterface
    private interface Sending {
        void run() throws Ending, IOException, InterruptedException;
    }

    private void send(Sending sending) throws IOException, InterruptedException {
        try {
            sending.run();
        } catch (Ending e) {
            ended(e);
        } catch (IOException e) {
            log.debug("{}: {}", file.id(), e.toString());
            exchange.abort();
        }
    }

    private void ended(Ending end) throws IOException {
        log.debug("{}: {}", file.id(), end.reason());
        if (end.by() == Ending.Cause.CLIENT) {
            exchange.abort();
        } else if (exchange.committed()) {
            breakOff(end.by());
        } else {
            fail(end.status().orElse(503), end.reason());
        }
    }

    /** Never ends normally what is not whole. */
    private void breakOff(Ending.Cause by) {
        try {
            if (by == Ending.Cause.BRAIN) {
                exchange.commit(); // what was granted is the client's, also what the server held
            }
        } catch (IOException e) {
            log.debug("{}: {}", file.id(), e.toString());
        } finally {
            exchange.abort();
        }
    }

    private void fail(int status, String reason) throws IOException {
        exchange.reset();
        if (status == 503) {
            exchange.header("Retry-After", Integer.toString(RETRY_SECONDS));
        }
        if (status == 416) {
            exchange.header("Content-Range", "bytes */" + file.lengthBytes());
        }
        refuse(status, reason);
    }

    private void refuse(int status, String reason) throws IOException {
        byte[] text = (reason + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.status(status);
        exchange.header("Content-Type", "text/plain; charset=utf-8");
        exchange.header("X-Content-Type-Options", "nosniff");
        exchange.header("Content-Length", Integer.toString(text.length));
        if (!exchange.isHead()) {
            exchange.body().write(text);
        }
    }

    // ---- headers

    private void validators() {
        exchange.header("ETag", '"' + file.etag() + '"');
        exchange.header("Last-Modified", Preconditions.httpDate(file.modified()));
        exchange.header("Cache-Control", "private, max-age=0");
    }

    private void describe() {
        validators();
        exchange.header("Accept-Ranges", "bytes");
        exchange.header("X-Content-Type-Options", "nosniff");
        boolean passive = MediaTypes.passive(contentType());
        exchange.header("Content-Disposition", Disposition.of(download || !passive, file.name()));
        if (!passive) {
            exchange.header("Content-Security-Policy", "sandbox; frame-ancestors 'none'");
        }
        // DLNA renderers insist on these, and only they ask for them.
        if (!exchange.headers("getcontentFeatures.dlna.org").isEmpty()) {
            exchange.header("contentFeatures.dlna.org", "DLNA.ORG_OP=01;DLNA.ORG_CI=0");
        }
        if (!exchange.headers("transferMode.dlna.org").isEmpty()) {
            exchange.header("transferMode.dlna.org", "Streaming");
        }
    }

    private String contentType() {
        return file.contentType().orElseGet(() -> MediaTypes.of(file.name()));
    }

    private String contentRange(RangeHeader.Bytes part) {
        return "bytes %d-%d/%d".formatted(part.start(), part.end(), file.lengthBytes());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
