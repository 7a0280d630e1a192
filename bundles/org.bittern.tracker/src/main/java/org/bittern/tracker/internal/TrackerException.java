package org.bittern.tracker.internal;

/**
 * An exchange with a tracker that came to nothing. The message is for the user and holds neither
 * path nor query of a URL, where passkeys are.
 */
final class TrackerException extends Exception {
    private static final long serialVersionUID = 1;

    TrackerException(String message) {
        super(message);
    }

    TrackerException(String message, Throwable cause) {
        super(message, cause);
    }
}
