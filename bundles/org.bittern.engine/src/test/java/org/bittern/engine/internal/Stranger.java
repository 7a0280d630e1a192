package org.bittern.engine.internal;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A peer written by hand: offers metadata (BEP 9, 10) and answers as a test wants it, says what it
 * is told to, and notes what it hears.
 */
final class Stranger implements AutoCloseable {
    private static final int EXTENDED = 20;
    private static final int OUR_METADATA_ID = 3;

    /** What messages of upload_only carry. */
    static final int UPLOAD_ONLY = 4;

    /** What messages of lt_donthave carry. */
    static final int DONT_HAVE = 5;

    /** So that each has a peer id of its own. */
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private static final Pattern THEIR_ID = Pattern.compile("11:ut_metadatai(\\d+)e");
    private static final Pattern REQUEST = Pattern.compile("8:msg_typei0e5:piecei(\\d+)e");

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final int metadataBytes;
    private final Queue<byte[]> frames = new ConcurrentLinkedQueue<>(); // without their length
    private final Map<Integer, Reply> replies = new ConcurrentHashMap<>(); // by id
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private volatile byte @Nullable [] metadata; // null: zeros
    private volatile boolean rejects;
    private volatile boolean left;
    private int theirId;

    /** Answers a message. */
    @FunctionalInterface
    interface Reply {
        /**
         * A message has come.
         *
         * @param payload what follows the id
         */
        void to(ByteBuffer payload) throws IOException;
    }

    /** Dials, and offers metadata of some length. */
    Stranger(InetSocketAddress there, byte[] wireHash, int metadataBytes) throws IOException {
        this.metadataBytes = metadataBytes;
        socket = new Socket(there.getAddress(), there.getPort());
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        out.write(19);
        out.write("BitTorrent protocol".getBytes(StandardCharsets.US_ASCII));
        out.write(new byte[] {0, 0, 0, 0, 0, 0x10, 0, 0x05});
        out.write(wireHash);
        out.write(
                "-XX0000-stranger%04d"
                        .formatted(NUMBERS.getAndIncrement())
                        .getBytes(StandardCharsets.US_ASCII));
        in.readFully(new byte[68]);
        extended(
                0,
                "d1:md11:lt_donthavei%de11:upload_onlyi%de11:ut_metadatai%dee13:metadata_sizei%dee"
                        .formatted(DONT_HAVE, UPLOAD_ONLY, OUR_METADATA_ID, metadataBytes),
                new byte[0]);
        Thread.ofVirtual().name("stranger").start(this::serve);
    }

    /** How many messages of an id have come, of those with this first byte of payload. */
    long heard(int id, int first) {
        return frames.stream()
                .filter(frame -> frame.length > 1 && frame[0] == id && frame[1] == first)
                .count();
    }

    /** How many messages of an id have come. */
    long heard(int id) {
        return frames.stream().filter(frame -> frame.length > 0 && frame[0] == id).count();
    }

    /** Payloads of the messages of an id that have come. */
    List<ByteBuffer> said(int id) {
        return frames.stream()
                .filter(frame -> frame.length > 0 && frame[0] == id)
                .map(frame -> ByteBuffer.wrap(frame, 1, frame.length - 1).slice())
                .toList();
    }

    /** From now on it answers messages of an id so. */
    void when(int id, Reply reply) {
        replies.put(id, reply);
    }

    /** Whether the other side has closed the link. */
    boolean wasLeft() {
        return left;
    }

    /** Whether the last message of upload_only said yes. */
    boolean heardUploadOnly() {
        return frames.stream()
                        .filter(frame ->
                                frame.length == 3
                                        && frame[0] == EXTENDED
                                        && frame[1] == UPLOAD_ONLY)
                        .reduce(new byte[3], (_, later) -> later)[2]
                != 0;
    }

    /** Another extension handshake: it listens there. */
    void listensOn(int port) throws IOException {
        extended(0, "d1:md11:ut_metadatai3ee1:pi%dee".formatted(port), new byte[0]);
    }

    /** Says anything. */
    void send(int id, byte[] payload) throws IOException {
        out.writeInt(1 + payload.length);
        out.write(id);
        out.write(payload);
        out.flush();
    }

    /** From now on it refuses what it is asked for. */
    void reject() {
        rejects = true;
        mayAnswer.countDown();
    }

    /** From now on it answers with zeros. */
    void lie() {
        mayAnswer.countDown();
    }

    /** From now on it answers with the metadata itself. */
    void tell(byte[] told) {
        metadata = told.clone();
        mayAnswer.countDown();
    }

    /** Asks for a piece of metadata; the other side has named its id for that. */
    void ask(int piece) throws IOException {
        extended(theirId, "d8:msg_typei0e5:piecei%dee".formatted(piece), new byte[0]);
    }

    private void serve() {
        try {
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                frames.add(frame);
                if (frame.length > 2 && frame[0] == EXTENDED) {
                    heard(
                            frame[1],
                            new String(frame, 2, frame.length - 2, StandardCharsets.ISO_8859_1));
                }
                Reply reply = frame.length == 0 ? null : replies.get((int) frame[0]);
                if (reply != null) {
                    reply.to(ByteBuffer.wrap(frame, 1, frame.length - 1).slice());
                }
            }
        } catch (IOException | InterruptedException e) {
            left = true;
        }
    }

    private void heard(int id, String message) throws IOException, InterruptedException {
        Matcher named = THEIR_ID.matcher(message);
        if (id == 0 && named.find()) {
            theirId = Integer.parseInt(named.group(1));
        }
        Matcher asked = REQUEST.matcher(message);
        if (id == OUR_METADATA_ID && asked.find()) {
            mayAnswer.await();
            answer(Integer.parseInt(asked.group(1)));
        }
    }

    /** Answers a question for metadata, also when it still waits with the others. */
    void answer(int piece) throws IOException {
        if (rejects) {
            extended(theirId, "d8:msg_typei2e5:piecei%dee".formatted(piece), new byte[0]);
        } else {
            int begin = 16_384 * piece;
            int end = Math.min(begin + 16_384, metadataBytes);
            byte[] told = metadata;
            extended(
                    theirId,
                    "d8:msg_typei1e5:piecei%de10:total_sizei%dee".formatted(piece, metadataBytes),
                    told == null ? new byte[end - begin] : Arrays.copyOfRange(told, begin, end));
        }
    }

    private void extended(int id, String head, byte[] data) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.write(EXTENDED);
        payload.write(id);
        payload.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        payload.writeBytes(data);
        out.writeInt(payload.size());
        payload.writeTo(out);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
