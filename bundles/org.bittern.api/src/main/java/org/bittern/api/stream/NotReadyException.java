package org.bittern.api.stream;

/** Whether there is a file cannot be told at the moment. */
public final class NotReadyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean coming;

    /**
     * Made by a catalog.
     *
     * @param coming it will be told once there is metadata, which is worth waiting for
     * @param reason one line for a person
     */
    public NotReadyException(boolean coming, String reason) {
        super(reason, null, false, false); // part of normal life: no stack trace
        this.coming = coming;
    }

    /** Whether it is worth waiting for. */
    public boolean coming() {
        return coming;
    }
}
