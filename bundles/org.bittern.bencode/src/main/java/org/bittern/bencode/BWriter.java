package org.bittern.bencode;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Writes the one canonical bencoded form of a value: keys ascending, integers and lengths without
 * leading zeros (BEP 3). Reading what was written gives an equal value. No recursion, so that any
 * depth can be written. No state, any thread.
 */
public final class BWriter {
    private BWriter() {}

    /** The canonical form of {@code value}. */
    public static byte[] write(BValue value) {
        Sink sink = new Sink();
        walk(value, sink);
        return Arrays.copyOf(sink.bytes, sink.length);
    }

    /**
     * Puts the canonical form of {@code value} at the buffer's position.
     *
     * @throws java.nio.BufferOverflowException if the buffer has too little room; it is unchanged
     *     then
     */
    public static void write(BValue value, ByteBuffer target) {
        Sink sink = new Sink();
        walk(value, sink);
        target.put(sink.bytes, 0, sink.length);
    }

    /** Writes the canonical form of {@code value}; the stream is neither flushed nor closed. */
    public static void write(BValue value, OutputStream target) throws IOException {
        Sink sink = new Sink();
        walk(value, sink);
        target.write(sink.bytes, 0, sink.length);
    }

    private static void walk(BValue root, Sink sink) {
        Deque<Iterator<BValue>> open = new ArrayDeque<>();
        begin(root, sink, open);
        while (!open.isEmpty()) {
            Iterator<BValue> innermost = open.peek();
            if (innermost.hasNext()) {
                begin(innermost.next(), sink, open);
            } else {
                open.pop();
                sink.put((byte) 'e');
            }
        }
    }

    private static void begin(BValue value, Sink sink, Deque<Iterator<BValue>> open) {
        switch (value) {
            case BInteger integer -> {
                sink.put((byte) 'i');
                sink.putAscii(Long.toString(integer.value()));
                sink.put((byte) 'e');
            }
            case BString string -> {
                sink.putAscii(Integer.toString(string.length()));
                sink.put((byte) ':');
                string.copyTo(sink.reserve(string.length()), sink.length);
                sink.length += string.length();
            }
            case BList list -> {
                sink.put((byte) 'l');
                open.push(list.iterator());
            }
            case BDict dict -> {
                sink.put((byte) 'd');
                open.push(new KeysAndValues(dict));
            }
        }
    }

    /** Keys and values of a dictionary in turn, as they are written. */
    private static final class KeysAndValues implements Iterator<BValue> {
        private final BDict dict;
        private int next;

        KeysAndValues(BDict dict) {
            this.dict = dict;
        }

        @Override
        public boolean hasNext() {
            return next < 2 * dict.size();
        }

        @Override
        public BValue next() {
            if (!hasNext()) {
                throw new NoSuchElementException("dictionary has no more entries");
            }
            int entry = next / 2;
            return next++ % 2 == 0 ? dict.keyAt(entry) : dict.valueAt(entry);
        }
    }

    /** A growing array; one thread. */
    private static final class Sink {
        byte[] bytes = new byte[256];
        int length;

        byte[] reserve(int more) {
            if (bytes.length - length < more) {
                bytes =
                        Arrays.copyOf(
                                bytes, Math.max(2 * bytes.length, Math.addExact(length, more)));
            }
            return bytes;
        }

        void put(byte b) {
            reserve(1)[length++] = b;
        }

        void putAscii(String text) {
            byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(ascii, 0, reserve(ascii.length), length, ascii.length);
            length += ascii.length;
        }
    }
}
