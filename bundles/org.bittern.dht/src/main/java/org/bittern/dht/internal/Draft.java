package org.bittern.dht.internal;

import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BWriter;

/**
 * The values of an answer while they are gathered, and how many bytes they may still have. Owned by
 * the node's loop.
 */
final class Draft {
    /**
     * How much longer than its question an answer may be while nobody has proved that he is where
     * the question says he is: what a forged sender gains by sending us to somebody. A {@code
     * find_node} of 92 bytes is answered with 63 and 26 for each node, or 38 with IPv6, so that 7
     * or 5 of 8 fit, which is enough to find the way; a longer list would be of use to forgers
     * only.
     */
    static final int TIMES_THE_QUESTION = 3;

    /** Bytes of a dictionary that are there without any key. */
    private static final int EMPTY_BYTES = 2;

    private final BDict.Builder values = BDict.builder();
    private int left;

    private Draft(int left) {
        this.left = left;
    }

    /** Of an answer to somebody who can receive it. */
    static Draft unbounded() {
        return new Draft(Krpc.MAX_BYTES);
    }

    /** Of an answer to whoever the question says has sent it. */
    static Draft after(Krpc.Query question, BString seen) {
        int envelope = new Krpc.Reply(question.transaction(), BDict.EMPTY, seen).encode().length;
        return new Draft(TIMES_THE_QUESTION * question.encode().length - envelope);
    }

    /** Puts what no answer may lack. */
    Draft put(String key, BValue value) {
        left -= length(BDict.builder().put(key, value).build());
        values.put(key, value);
        return this;
    }

    /**
     * Puts all of these, or nothing where that would be too long.
     *
     * @return whether they are in it
     */
    boolean offer(BDict more) {
        int length = length(more);
        if (length > left) {
            return false;
        }
        left -= length;
        more.forEach((key, value) -> values.put(key, value));
        return true;
    }

    /**
     * How many parts of a list may be put.
     *
     * @param sharers how many lists, this one included, share what is left
     * @param most of this list
     * @param eachBytes length of each part
     * @param otherBytes of the list beside its parts, and of its key
     */
    int room(int sharers, int most, int eachBytes, int otherBytes) {
        return Math.clamp((left / sharers - otherBytes) / eachBytes, 0, most);
    }

    BDict values() {
        return values.build();
    }

    private static int length(BDict dict) {
        return BWriter.write(dict).length - EMPTY_BYTES;
    }
}
