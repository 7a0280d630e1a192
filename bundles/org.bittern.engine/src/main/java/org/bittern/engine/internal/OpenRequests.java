package org.bittern.engine.internal;

/**
 * Blocks that were asked of a peer and have not come, in the order of asking. Owned by the
 * torrent's loop. Peers mostly answer in order, so looking one up is one comparison; a ring of
 * numbers, since it changes 65,536 times per GiB.
 */
final class OpenRequests {
    private static final int LEAST_ROOM = 16;

    private long[] ring = new long[LEAST_ROOM]; // length: a power of two
    private int first;
    private int size;

    private static long key(int piece, int block) {
        return (long) piece << Integer.SIZE | block;
    }

    int size() {
        return size;
    }

    void add(int piece, int block) {
        if (size == ring.length) {
            grow();
        }
        ring[first + size & ring.length - 1] = key(piece, block);
        size++;
    }

    private void grow() {
        long[] larger = new long[2 * ring.length];
        for (int i = 0; i < size; i++) {
            larger[i] = at(i);
        }
        ring = larger;
        first = 0;
    }

    private long at(int index) {
        return ring[first + index & ring.length - 1];
    }

    /** Which piece the request at this place is for, from 0 to {@link #size()} - 1. */
    int piece(int index) {
        return (int) (at(index) >> Integer.SIZE);
    }

    /** Which block. */
    int block(int index) {
        return (int) at(index);
    }

    /**
     * Takes a request out.
     *
     * @return whether it was there
     */
    boolean remove(int piece, int block) {
        long key = key(piece, block);
        for (int i = 0; i < size; i++) {
            if (at(i) == key) {
                for (int j = i; j > 0; j--) {
                    ring[first + j & ring.length - 1] = at(j - 1);
                }
                first = first + 1 & ring.length - 1;
                size--;
                return true;
            }
        }
        return false;
    }

    void clear() {
        size = 0;
    }
}
