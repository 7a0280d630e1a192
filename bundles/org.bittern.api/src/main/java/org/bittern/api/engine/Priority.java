package org.bittern.api.engine;

/** How much a file or piece is wanted. */
public enum Priority {
    /** Not wanted: never requested on its own account. */
    SKIP,
    LOW,
    NORMAL,
    HIGH;

    /**
     * From libtorrent's scale.
     *
     * @param level 0 (skip) to 7 (highest); 4 is normal
     */
    public static Priority ofLevel(int level) {
        if (level < 0 || level > 7) {
            throw new IllegalArgumentException("priority " + level + ", allowed are 0 to 7");
        }
        return level == 0 ? SKIP : level < 4 ? LOW : level == 4 ? NORMAL : HIGH;
    }
}
