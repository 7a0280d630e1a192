package org.bittern.web.internal;

import java.util.Map;

/**
 * An answer of the door instead of the endpoint's.
 *
 * @param code one word for programs
 * @param message one line for people; never quotes what the caller sent
 */
record Refusal(int status, String code, String message, Map<String, String> headers) {
    Refusal(int status, String code, String message) {
        this(status, code, message, Map.of());
    }

    Refusal with(String header, String value) {
        return new Refusal(status, code, message, Map.of(header, value));
    }
}
