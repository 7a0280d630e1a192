package org.bittern.tracker.internal;

/** Why an announce is made (BEP 3, 21). */
enum AnnounceEvent {
    NONE("", 0),
    COMPLETED("completed", 1),
    STARTED("started", 2),
    STOPPED("stopped", 3),

    /** In each ordinary announce of a partial seed; UDP has no number for it (BEP 21). */
    PAUSED("paused", 0);

    private final String word;
    private final int number;

    AnnounceEvent(String word, int number) {
        this.word = word;
        this.number = number;
    }

    /** The word for HTTP, empty for an ordinary announce. */
    String word() {
        return word;
    }

    /** The number for UDP (BEP 15). */
    int number() {
        return number;
    }
}
