package org.bittern.web;

import jakarta.servlet.ServletRequest;

/**
 * By what right a request came in; the door leaves it on every request that it lets pass.
 *
 * @param right what the caller showed
 * @param sessionId Transmission's session id of this process: 48 characters
 */
public record Access(Right right, String sessionId) {
    /** Request attribute that holds it. */
    public static final String ATTRIBUTE = "org.bittern.web.access";

    /** What a caller can show. */
    public enum Right {
        /** Nothing; nothing was asked for. */
        NONE,
        /** A user name and a password. */
        PASSWORD,
        /** A ticket for this one path. */
        TICKET,
        /** The token of this process: everything is allowed. */
        TOKEN
    }

    /** True when the caller knows the token. */
    public boolean hasToken() {
        return right == Right.TOKEN;
    }

    /**
     * What the door left on the request.
     *
     * @throws IllegalStateException when the request did not come through the door
     */
    public static Access of(ServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Access access) {
            return access;
        }
        throw new IllegalStateException("the request did not come through the door");
    }
}
