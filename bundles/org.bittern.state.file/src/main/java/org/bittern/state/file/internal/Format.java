package org.bittern.state.file.internal;

import java.io.IOException;
import java.util.Map;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BLimits;
import org.bittern.bencode.BReader;
import org.bittern.bencode.BencodeException;

/**
 * What a kind of file must look like to be whole.
 *
 * @param <T> what is read from it
 */
interface Format<T> {
    /** A JSON object, at most 16 MiB. */
    Format<Map<String, Object>> JSON =
            of("JSON", 1 << 24, bytes -> new JsonReader(bytes).readObject());

    /** A bencoded dictionary, at most 32 MiB; the bytes are what is read. */
    Format<byte[]> BENCODE = of("bencode", 1 << 25, Format::bencodedDictionary);

    /** Any bytes, at most 32 MiB, but some: a torn write often leaves an empty file. */
    Format<byte[]> BLOB = of("blob", 1 << 25, Format::someBytes);

    String name();

    /** Size limit of the file in bytes. */
    int maxBytes();

    /**
     * Reads a whole file.
     *
     * @throws IOException the file is torn or broken, in which way
     */
    T parse(byte[] bytes) throws IOException;

    /** How bytes become a value. */
    @FunctionalInterface
    interface Parser<T> {
        T parse(byte[] bytes) throws IOException;
    }

    /** A format of these parts. */
    static <T> Format<T> of(String name, int maxBytes, Parser<T> parser) {
        return new Format<>() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public int maxBytes() {
                return maxBytes;
            }

            @Override
            public T parse(byte[] bytes) throws IOException {
                return parser.parse(bytes);
            }
        };
    }

    private static byte[] bencodedDictionary(byte[] bytes) throws IOException {
        BLimits limits = new BLimits(1 << 25, 100, 3_000_000);
        try {
            if (BReader.parse(bytes, limits) instanceof BDict) {
                return bytes;
            }
        } catch (BencodeException e) {
            throw new IOException(e.getMessage(), e);
        }
        throw new IOException("not a bencoded dictionary");
    }

    private static byte[] someBytes(byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            throw new IOException("empty file");
        }
        return bytes;
    }
}
