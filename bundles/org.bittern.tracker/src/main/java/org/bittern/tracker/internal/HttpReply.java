package org.bittern.tracker.internal;

import java.util.Optional;

/**
 * What a server answered.
 *
 * @param location where it sends us, if it does
 * @param body decompressed, at most {@link AnnounceParser#MAX_BODY_BYTES}; not shared
 */
record HttpReply(int status, Optional<String> location, byte[] body) {
    private static final int OK = 200;

    boolean isOk() {
        return status == OK;
    }

    boolean isRedirect() {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }
}
