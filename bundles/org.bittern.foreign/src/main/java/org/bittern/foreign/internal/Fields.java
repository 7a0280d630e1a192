package org.bittern.foreign.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BInteger;
import org.bittern.bencode.BLimits;
import org.bittern.bencode.BList;
import org.bittern.bencode.BReader;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BencodeException;

/**
 * The entries of a stored dictionary. What is missing, of the wrong kind or out of bounds is taken
 * for absent: other programs have changed their formats more than once. Immutable.
 */
record Fields(BDict dict) {
    private static final int MAX_BYTES = 64 << 20;
    private static final BLimits LIMITS = new BLimits(MAX_BYTES, 32, 3_000_000);

    /** Reads a file. */
    static Fields of(Path file) throws IOException, ForeignException {
        try {
            if (BReader.parse(bytes(file, MAX_BYTES), LIMITS) instanceof BDict dict) {
                return new Fields(dict);
            }
        } catch (BencodeException e) {
            throw new ForeignException("broken: " + e.getMessage(), e);
        }
        throw new ForeignException("not a dictionary");
    }

    static byte[] bytes(Path file, int most) throws IOException, ForeignException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new ForeignException("more than " + most + " bytes");
            }
            return bytes;
        }
    }

    Fields part(String key) {
        return new Fields(dict.dict(key).orElse(BDict.EMPTY));
    }

    Optional<String> text(String key) {
        return dict.text(key).filter(text -> !text.isEmpty());
    }

    /** A whole number, not negative; 0 when there is none. */
    long count(String key) {
        return Math.max(0, dict.integer(key).orElse(0));
    }

    boolean flag(String key) {
        return dict.integer(key).orElse(0) != 0;
    }

    Optional<Instant> time(String key) {
        long seconds = count(key);
        return seconds == 0 || seconds > Integer.MAX_VALUE * 4L
                ? Optional.empty()
                : Optional.of(Instant.ofEpochSecond(seconds));
    }

    /** An absolute path. */
    Optional<Path> directory(String key) {
        try {
            return text(key).map(Path::of).filter(Path::isAbsolute).map(Path::normalize);
        } catch (InvalidPathException _) {
            return Optional.empty();
        }
    }

    List<BValue> list(String key) {
        return dict.list(key).orElse(BList.EMPTY).values();
    }

    /** Numbers of a list; others count as 0. */
    List<Long> numbers(String key) {
        List<Long> numbers = new ArrayList<>();
        for (BValue value : list(key)) {
            numbers.add(value instanceof BInteger number ? number.value() : 0L);
        }
        return numbers;
    }

    /** Texts of a list; others count as empty. */
    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (BValue value : list(key)) {
            texts.add(value instanceof BString text ? text.utf8() : "");
        }
        return texts;
    }
}
