package org.bittern.spi.disk;

/** How a disk operation ended. */
public sealed interface DiskResult<T> {
    /** It worked. */
    record Ok<T>(T value) implements DiskResult<T> {}

    /**
     * It did not; what was written before stays.
     *
     * @param message one line for a person: which file, what happened
     */
    record Failed<T>(Kind kind, String message) implements DiskResult<T> {}

    /** Kinds of trouble. */
    enum Kind {
        /** No space left, or a quota. */
        FULL,
        /** The file, its directory or its mount is gone or too short. */
        MISSING,
        /** No permission, or read-only. */
        DENIED,
        /** Any other I/O error. */
        IO,
        /** The store is closed. */
        CLOSED
    }
}
