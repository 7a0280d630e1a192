package org.bittern.rpc;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A torrent or the session as the RPC shows it at one moment: a text in JSON for each field.
 * Immutable. Texts and not values, since what is asked of them is whether they differ, and to be
 * written.
 */
public final class FieldTexts {
    private final FieldNames names;
    private final String[] texts;

    /**
     * Takes the texts.
     *
     * @param texts one for each name; not to be changed any more
     */
    public FieldTexts(FieldNames names, String[] texts) {
        if (texts.length != names.count()) {
            throw new IllegalArgumentException(
                    texts.length + " texts for " + names.count() + " names");
        }
        this.names = names;
        this.texts = texts;
    }

    public FieldNames names() {
        return names;
    }

    /** The value of a field in JSON, by its place. */
    public String text(int field) {
        return texts[field];
    }

    /**
     * What somebody must be told who knows an earlier view: what differs, and with it all that
     * changes with time; nothing when only that differs.
     *
     * @param before null, or one with other names: everything is news
     * @return places of fields; the caller's own
     */
    public BitSet news(@Nullable FieldTexts before) {
        BitSet news = new BitSet(texts.length);
        if (before == null || !before.names.equals(names)) {
            news.set(0, texts.length);
            return news;
        }
        for (int i = 0; i < texts.length; i++) {
            if (!names.ticks(i) && !texts[i].equals(before.texts[i])) {
                news.set(i);
            }
        }
        if (!news.isEmpty()) {
            news.or(names.ticking());
        }
        return news;
    }

    /** Appends {@code "name":value} with a comma between fields; nothing around them. */
    public void append(StringBuilder out, BitSet fields) {
        for (int i = fields.nextSetBit(0), begin = i; i >= 0; i = fields.nextSetBit(i + 1)) {
            if (i > begin) {
                out.append(',');
            }
            out.append('"').append(names.name(i)).append("\":").append(texts[i]);
        }
    }

    /** Appends all fields in the same way. */
    public void append(StringBuilder out) {
        BitSet all = new BitSet(texts.length);
        all.set(0, texts.length);
        append(out, all);
    }
}
