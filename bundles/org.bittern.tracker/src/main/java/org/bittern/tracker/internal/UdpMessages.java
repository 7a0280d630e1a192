package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bittern.spi.discovery.SearchSpec;

/**
 * The datagrams of the UDP tracker protocol, big-endian (BEP 15, BEP 41). No state, any thread.
 *
 * <pre>
 * connect   &lt;magic:8&gt;&lt;0:4&gt;&lt;transaction:4&gt;          answer &lt;0:4&gt;&lt;transaction:4&gt;&lt;connection:8&gt;
 * announce  &lt;connection:8&gt;&lt;1:4&gt;&lt;transaction:4&gt;&lt;hash:20&gt;&lt;peer id:20&gt;&lt;downloaded:8&gt;&lt;left:8&gt;
 *           &lt;uploaded:8&gt;&lt;event:4&gt;&lt;ip:4&gt;&lt;key:4&gt;&lt;wanted:4&gt;&lt;port:2&gt;&lt;options&gt;
 *           answer &lt;1:4&gt;&lt;transaction:4&gt;&lt;interval:4&gt;&lt;leechers:4&gt;&lt;seeders:4&gt;(&lt;ip&gt;&lt;port:2&gt;)*
 * scrape    &lt;connection:8&gt;&lt;2:4&gt;&lt;transaction:4&gt;&lt;hash:20&gt;*
 *           answer &lt;2:4&gt;&lt;transaction:4&gt;(&lt;seeders:4&gt;&lt;completed:4&gt;&lt;leechers:4&gt;)*
 * error     &lt;3:4&gt;&lt;transaction:4&gt;&lt;text&gt;
 * </pre>
 */
final class UdpMessages {
    static final int CONNECT = 0;
    static final int ANNOUNCE = 1;
    static final int SCRAPE = 2;
    static final int ERROR = 3;

    /** Bytes that every answer has. */
    static final int MIN_BYTES = 8;

    /** Bytes of an answer that are read: the first 800 peers over IPv6. */
    static final int MAX_BYTES = 16_384;

    private static final long MAGIC = 0x417_2710_1980L;
    private static final int CONNECT_BYTES = 16;
    private static final int ANNOUNCE_BYTES = 98;
    private static final int HEAD_BYTES = 16;
    private static final int HASH_BYTES = 20;
    private static final int ANSWER_HEAD_BYTES = 20;
    private static final int SCRAPE_ANSWER_BYTES = 20;
    private static final int OPTION_URL_DATA = 2;
    private static final int MAX_OPTION_BYTES = 255;
    private static final int MAX_URL_DATA_BYTES = 1020;

    private UdpMessages() {}

    static byte[] connect(int transaction) {
        return ByteBuffer.allocate(CONNECT_BYTES)
                .putLong(MAGIC)
                .putInt(CONNECT)
                .putInt(transaction)
                .array();
    }

    /**
     * An announce.
     *
     * @param target path and query of the tracker's URL, told by BEP 41
     */
    static byte[] announce(
            long connection, int transaction, AnnounceRequest request, String target) {
        SearchSpec spec = request.spec();
        byte[] options = urlData(target);
        return ByteBuffer.allocate(ANNOUNCE_BYTES + options.length)
                .putLong(connection)
                .putInt(ANNOUNCE)
                .putInt(transaction)
                .put(request.swarm())
                .put(spec.peerId())
                .putLong(request.tally().downloadedBytes())
                .putLong(request.leftBytes())
                .putLong(request.tally().uploadedBytes())
                .putInt(request.event().number())
                .putInt(0) // our address: as the datagram says
                .putInt(spec.key())
                .putInt(request.wanted())
                .putShort((short) request.port())
                .put(options)
                .array();
    }

    private static byte[] urlData(String target) {
        if (target.equals("/")) {
            return new byte[0];
        }
        byte[] text = target.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(text.length, MAX_URL_DATA_BYTES);
        int parts = (length + MAX_OPTION_BYTES - 1) / MAX_OPTION_BYTES;
        ByteBuffer options = ByteBuffer.allocate(length + 2 * parts);
        for (int at = 0; at < length; at += MAX_OPTION_BYTES) {
            int part = Math.min(MAX_OPTION_BYTES, length - at);
            options.put((byte) OPTION_URL_DATA).put((byte) part).put(text, at, part);
        }
        return options.array();
    }

    static byte[] scrape(long connection, int transaction, byte[] swarm) {
        return ByteBuffer.allocate(HEAD_BYTES + HASH_BYTES)
                .putLong(connection)
                .putInt(SCRAPE)
                .putInt(transaction)
                .put(swarm)
                .array();
    }

    /** Which kind of answer this is; {@link #MIN_BYTES} are there. */
    static int action(byte[] answer) {
        return ByteBuffer.wrap(answer).getInt(0);
    }

    /** Which transaction is answered; {@link #MIN_BYTES} are there. */
    static int transaction(byte[] answer) {
        return ByteBuffer.wrap(answer).getInt(4);
    }

    /** Whether an answer is long enough for its action. */
    static boolean isWhole(byte[] answer) {
        return switch (action(answer)) {
            case CONNECT -> answer.length >= CONNECT_BYTES;
            case ANNOUNCE -> answer.length >= ANSWER_HEAD_BYTES;
            case SCRAPE -> answer.length >= SCRAPE_ANSWER_BYTES;
            case ERROR -> true;
            default -> false;
        };
    }

    /** The connection id of a whole answer to connect. */
    static long connection(byte[] answer) {
        return ByteBuffer.wrap(answer).getLong(MIN_BYTES);
    }

    /** The text of an error, in one line of bounded length. */
    static String error(byte[] answer) {
        String text =
                new String(answer, MIN_BYTES, answer.length - MIN_BYTES, StandardCharsets.UTF_8);
        String line = AnnounceParser.clean(text);
        return line.isEmpty() ? "error without a text" : line;
    }

    /**
     * What a whole answer to an announce says.
     *
     * @param from the tracker: its address family is the peers' (BEP 15, IPv6)
     */
    static Outcome announced(byte[] answer, InetAddress from) {
        ByteBuffer in = ByteBuffer.wrap(answer).position(MIN_BYTES);
        int interval = in.getInt();
        int leechers = in.getInt();
        int seeders = in.getInt();
        List<InetSocketAddress> peers = new ArrayList<>();
        AnnounceParser.unpack(in, from.getAddress().length, peers);
        return new Outcome.Answer(
                peers,
                List.of(),
                new Outcome.Intervals(interval, -1),
                new Outcome.Counts(Math.max(-1, seeders), Math.max(-1, leechers), -1),
                "",
                Optional.empty(),
                Optional.empty());
    }

    /** The sizes of the one swarm in a whole answer to a scrape. */
    static Outcome.Counts scraped(byte[] answer) {
        ByteBuffer in = ByteBuffer.wrap(answer).position(MIN_BYTES);
        int seeders = Math.max(-1, in.getInt());
        int downloads = Math.max(-1, in.getInt());
        int leechers = Math.max(-1, in.getInt());
        return new Outcome.Counts(seeders, leechers, downloads);
    }
}
