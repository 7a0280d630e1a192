package org.bittern.dht.internal;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BLimits;
import org.bittern.bencode.BList;
import org.bittern.bencode.BReader;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BWriter;
import org.bittern.bencode.BencodeException;

/** A message of the DHT (BEP 5, "KRPC protocol"). */
sealed interface Krpc {
    /** Longest datagram that is read; replies of BEP 44 have up to about 1200 bytes. */
    int MAX_BYTES = 2048;

    /** Longest transaction id that is given back. */
    int MAX_TRANSACTION_BYTES = 32;

    /** Longest name of a method. */
    int MAX_METHOD_BYTES = 32;

    BLimits LIMITS = new BLimits(MAX_BYTES, 16, 600);

    int PROTOCOL_ERROR = 203;
    int UNKNOWN_METHOD = 204;

    /** Chosen by who asks; not necessarily text. */
    BString transaction();

    byte[] encode();

    /**
     * A question.
     *
     * @param readOnly whoever asks answers no questions (BEP 43)
     */
    record Query(BString transaction, String method, BDict arguments, boolean readOnly)
            implements Krpc {
        @Override
        public byte[] encode() {
            BDict.Builder dict = BDict.builder().put("a", arguments).put("q", method);
            if (readOnly) {
                dict.put("ro", 1);
            }
            return BWriter.write(dict.put("t", transaction).put("y", "q").build());
        }
    }

    /**
     * An answer.
     *
     * @param seen our address and port as the other sees them, compact (BEP 42); empty when absent
     */
    record Reply(BString transaction, BDict values, BString seen) implements Krpc {
        @Override
        public byte[] encode() {
            return BWriter.write(
                    BDict.builder()
                            .put("ip", seen)
                            .put("r", values)
                            .put("t", transaction)
                            .put("y", "r")
                            .build());
        }
    }

    /** A refusal. */
    record Failure(BString transaction, long code, String message) implements Krpc {
        @Override
        public byte[] encode() {
            BList error = BList.of(BInteger.of(code), BString.of(message));
            return BWriter.write(
                    BDict.builder().put("e", error).put("t", transaction).put("y", "e").build());
        }
    }

    /** Reads a datagram; empty when it is not a message that we could understand. */
    static Optional<Krpc> parse(ByteBuffer datagram) {
        if (datagram.remaining() > MAX_BYTES) {
            return Optional.empty();
        }
        try {
            return BReader.parse(datagram, LIMITS) instanceof BDict dict
                    ? parse(dict)
                    : Optional.empty();
        } catch (BencodeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Krpc> parse(BDict dict) {
        BString transaction = dict.string("t").orElse(BString.EMPTY);
        if (transaction.length() == 0 || transaction.length() > MAX_TRANSACTION_BYTES) {
            return Optional.empty();
        }
        return switch (dict.text("y").orElse("")) {
            case "q" -> query(transaction, dict);
            case "r" ->
                    dict.dict("r")
                            .map(values ->
                                    new Reply(
                                            transaction,
                                            values,
                                            dict.string("ip").orElse(BString.EMPTY)));
            case "e" -> dict.list("e").map(error -> failure(transaction, error));
            default -> Optional.empty();
        };
    }

    private static Optional<Krpc> query(BString transaction, BDict dict) {
        BString method = dict.string("q").orElse(BString.EMPTY);
        if (method.length() == 0 || method.length() > MAX_METHOD_BYTES) {
            return Optional.empty();
        }
        boolean readOnly = dict.integer("ro").orElse(0) == 1;
        return dict.dict("a")
                .map(arguments -> new Query(transaction, method.utf8(), arguments, readOnly));
    }

    private static Krpc failure(BString transaction, BList error) {
        BValue code = error.isEmpty() ? BString.EMPTY : error.get(0);
        return new Failure(transaction, code instanceof BInteger number ? number.value() : 0, "");
    }
}
