package org.bittern.bencode;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A parsed value together with the bytes it was parsed from: an info-hash is a hash of raw bytes,
 * never of bytes that were written again.
 */
public final class BDocument {
    private final BValue value;
    private final byte[] input;
    private final int length;
    private final RawSpans spans;
    private final boolean sorted;

    /** Takes {@code input} over. */
    BDocument(BValue value, byte[] input, int length, RawSpans spans, boolean sorted) {
        this.value = value;
        this.input = input;
        this.length = length;
        this.spans = spans;
        this.sorted = sorted;
    }

    /** The value. */
    public BValue value() {
        return value;
    }

    /** How many bytes of the input the value took; what follows it was not looked at. */
    public int length() {
        return length;
    }

    /** The value's exact bytes; a read-only buffer over the document's copy of the input. */
    public ByteBuffer raw() {
        return ByteBuffer.wrap(input, 0, length).slice().asReadOnlyBuffer();
    }

    /**
     * The exact bytes of one entry's value of the outermost dictionary.
     *
     * @return a read-only buffer over the document's copy of the input; empty if the value is no
     *     dictionary or has no such key
     */
    public Optional<ByteBuffer> rawEntry(String key) {
        return spans.find(key)
                .map(span ->
                        ByteBuffer.wrap(input, span.start(), span.end() - span.start())
                                .slice()
                                .asReadOnlyBuffer());
    }

    /** Whether the keys of all dictionaries ascend; they do after a strict reading. */
    public boolean isSorted() {
        return sorted;
    }

    /**
     * Whether the keys of all dictionaries in one entry's value of the outermost dictionary ascend,
     * whatever those outside do; false if there is no such entry.
     */
    public boolean isSorted(String key) {
        return spans.find(key).map(RawSpans.Span::sorted).orElse(false);
    }
}
