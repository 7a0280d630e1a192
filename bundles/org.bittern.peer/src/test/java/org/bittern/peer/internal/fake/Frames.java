package org.bittern.peer.internal.fake;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.bittern.peer.internal.wire.ByteSink;
import org.bittern.peer.internal.wire.Extension;
import org.bittern.peer.internal.wire.MessageEncoder;
import org.bittern.spi.peer.Features;
import org.bittern.spi.peer.PeerMessage;

/** Frames as bytes. */
public final class Frames {
    public static final Features ALL = new Features(true, true, true, true);
    public static final Features NONE = new Features(false, false, false, false);

    private Frames() {}

    /** Bytes from hexadecimal digits; blanks do not matter. */
    public static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** A frame of an id and a payload. */
    public static byte[] frame(int id, byte[] payload) {
        return ByteBuffer.allocate(5 + payload.length)
                .putInt(1 + payload.length)
                .put((byte) id)
                .put(payload)
                .array();
    }

    /** A whole block message; each byte tells where it belongs. */
    public static byte[] block(int piece, int begin, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(13 + length);
        MessageEncoder.blockHead(piece, begin, length, bytes);
        return bytes.put(content(piece, begin, length)).array();
    }

    /** What a block of the test torrent holds. */
    public static byte[] content(int piece, int begin, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (31 * piece + (begin + i) % 251);
        }
        return bytes;
    }

    /** Encodes a message for a peer that has announced all extensions with our own ids. */
    public static byte[] encode(PeerMessage message, Features features, int pieceCount) {
        MessageEncoder encoder = new MessageEncoder(features, pieceCount);
        Map<String, Integer> ids = new HashMap<>();
        for (Extension extension : Extension.values()) {
            ids.put(extension.wireName(), extension.ourId());
        }
        encoder.learn(ids);
        return encode(encoder, message);
    }

    public static byte[] encode(MessageEncoder encoder, PeerMessage message) {
        Sink sink = new Sink();
        encoder.encode(message, sink);
        return sink.all();
    }

    public static PeerMessage.ExtendedHandshake hello(
            Map<String, Integer> ids, List<String> withheld) {
        return new PeerMessage.ExtendedHandshake(
                ids,
                withheld,
                "Bittern test",
                OptionalInt.of(6881),
                OptionalInt.of(2000),
                OptionalLong.empty(),
                false,
                Optional.empty());
    }

    public static InetSocketAddress address(int port, int... bytes) {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(raw), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(Arrays.toString(bytes), e);
        }
    }

    private static final class Sink implements ByteSink {
        private final ByteBuffer bytes = ByteBuffer.allocate(1 << 20);

        @Override
        public ByteBuffer room(int count) {
            return bytes;
        }

        @Override
        public void put(byte[] more) {
            bytes.put(more);
        }

        byte[] all() {
            return Arrays.copyOf(bytes.array(), bytes.position());
        }
    }
}
