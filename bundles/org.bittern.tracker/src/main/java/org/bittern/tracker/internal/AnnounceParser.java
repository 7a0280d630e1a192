package org.bittern.tracker.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BLimits;
import org.bittern.bencode.BList;
import org.bittern.bencode.BReader;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BencodeException;
import org.bittern.bencode.KeyOrder;
import org.bittern.metainfo.HostPort;
import org.bittern.spi.net.AddressScope;

/**
 * Reads what HTTP trackers answer (BEP 3, 7, 23, 24, 31, 48). What makes no sense in an answer is
 * left out; an answer that is no dictionary is a failure. No state, any thread.
 */
final class AnnounceParser {
    /** Bytes of an answer, before and after decompression. */
    static final int MAX_BODY_BYTES = 1 << 20;

    /** Peers of one answer that are looked at. */
    static final int MAX_PEERS = 2000;

    /** Host names of one answer that are looked at. */
    static final int MAX_NAMES = 20;

    /** Message of a failure whose answer nobody can read. */
    static final String NOT_BENCODED = "answer is no bencoded dictionary";

    private static final BLimits LIMITS = new BLimits(MAX_BODY_BYTES, 16, 200_000);
    private static final int MAX_MESSAGE_CHARS = 256;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int PORT_BYTES = 2;
    private static final int SECONDS_PER_MINUTE = 60;

    private AnnounceParser() {}

    /** The outcome of an announce whose answer has this body. */
    static Outcome announce(byte[] body) {
        Optional<BDict> parsed = dictionary(body);
        if (parsed.isEmpty()) {
            return new Outcome.Failure(NOT_BENCODED);
        }
        BDict answer = parsed.get();
        Optional<String> failure = answer.text("failure reason");
        if (failure.isPresent()) {
            return failure(answer, clean(failure.get()));
        }
        List<InetSocketAddress> peers = new ArrayList<>();
        List<HostPort> names = new ArrayList<>();
        answer.get("peers").ifPresent(value -> peers(value, peers, names));
        answer.string("peers6").ifPresent(packed -> unpack(packed.buffer(), IPV6_BYTES, peers));
        return new Outcome.Answer(
                peers,
                names,
                new Outcome.Intervals(
                        answer.integer("interval").orElse(-1),
                        answer.integer("min interval").orElse(-1)),
                counts(answer),
                answer.text("warning message").map(AnnounceParser::clean).orElse(""),
                answer.string("tracker id").or(() -> answer.string("trackerid")),
                answer.string("external ip").flatMap(packed -> address(packed.bytes())));
    }

    /** The sizes of a swarm in an answer to a scrape (BEP 48). */
    static Optional<Outcome.Counts> scrape(byte[] body, byte[] swarm) {
        return dictionary(body)
                .flatMap(answer -> answer.dict("files"))
                .flatMap(files -> files.get(BString.of(swarm)))
                .filter(BDict.class::isInstance)
                .map(file -> counts((BDict) file));
    }

    private static Optional<BDict> dictionary(byte[] body) {
        try {
            BValue value =
                    BReader.parseDocument(ByteBuffer.wrap(body), LIMITS, KeyOrder.LENIENT).value();
            return value instanceof BDict dict ? Optional.of(dict) : Optional.empty();
        } catch (BencodeException _) { // strangers send anything
            return Optional.empty();
        }
    }

    private static Outcome failure(BDict answer, String message) {
        Optional<BValue> retry = answer.get("retry in");
        boolean never =
                retry.isPresent() && retry.get() instanceof BString text && text.is("never");
        long seconds =
                retry.isPresent() && retry.get() instanceof BInteger(long minutes) && minutes > 0
                        ? Math.min(minutes, Integer.MAX_VALUE) * SECONDS_PER_MINUTE
                        : answer.integer("min interval").orElse(-1);
        return new Outcome.Failure(message, seconds, never);
    }

    private static Outcome.Counts counts(BDict dict) {
        return new Outcome.Counts(
                count(dict.integer("complete")),
                count(dict.integer("incomplete")),
                count(dict.integer("downloaded")));
    }

    private static int count(OptionalLong told) {
        long value = told.orElse(-1);
        return value < 0 ? -1 : (int) Math.min(value, Integer.MAX_VALUE);
    }

    /** A message of a stranger in one line of bounded length. */
    static String clean(String message) {
        String line = message.replaceAll("[\\p{Cntrl}\\p{Cf}\\s]+", " ").strip();
        return line.length() <= MAX_MESSAGE_CHARS ? line : line.substring(0, MAX_MESSAGE_CHARS);
    }

    private static void peers(BValue value, List<InetSocketAddress> peers, List<HostPort> names) {
        switch (value) {
            case BString packed -> unpack(packed.buffer(), IPV4_BYTES, peers);
            case BList list -> {
                for (BValue element : list) {
                    if (peers.size() >= MAX_PEERS) {
                        return;
                    }
                    if (element instanceof BDict peer) {
                        peer(peer, peers, names);
                    }
                }
            }
            case BDict _, BInteger _ -> {
                // no peers then
            }
        }
    }

    private static void peer(BDict peer, List<InetSocketAddress> peers, List<HostPort> names) {
        String host = peer.text("ip").orElse("");
        long port = peer.integer("port").orElse(0);
        if (port < 1 || port > 65_535) {
            return;
        }
        try {
            add(InetAddress.ofLiteral(host), (int) port, peers);
        } catch (IllegalArgumentException _) { // a name, or rubbish
            if (names.size() < MAX_NAMES) {
                HostPort.parse(host + ":" + port).ifPresent(names::add);
            }
        }
    }

    /**
     * Reads packed peers; what is left at the end is ignored.
     *
     * @param addressBytes 4 (BEP 23) or 16 (BEP 7)
     */
    static void unpack(ByteBuffer packed, int addressBytes, List<InetSocketAddress> peers) {
        byte[] address = new byte[addressBytes];
        while (packed.remaining() >= addressBytes + PORT_BYTES && peers.size() < MAX_PEERS) {
            packed.get(address);
            int port = packed.getShort() & 0xffff;
            address(address).ifPresent(found -> add(found, port, peers));
        }
    }

    private static void add(InetAddress address, int port, List<InetSocketAddress> peers) {
        if (port > 0 && AddressScope.of(address) != AddressScope.NONE) {
            peers.add(new InetSocketAddress(address, port));
        }
    }

    private static Optional<InetAddress> address(byte[] bytes) {
        try {
            return Optional.of(InetAddress.getByAddress(Arrays.copyOf(bytes, bytes.length)));
        } catch (UnknownHostException _) { // neither 4 nor 16 bytes
            return Optional.empty();
        }
    }
}
