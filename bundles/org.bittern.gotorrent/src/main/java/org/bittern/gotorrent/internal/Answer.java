package org.bittern.gotorrent.internal;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a call leads to. */
sealed interface Answer {
    /** Done; the body is empty. */
    record Done() implements Answer {}

    /** A JSON object. */
    record Json(Map<String, ? extends @Nullable Object> fields) implements Answer {}

    /**
     * Not done.
     *
     * @param status of HTTP
     * @param message one line
     */
    record Failure(int status, String message) implements Answer {}
}
