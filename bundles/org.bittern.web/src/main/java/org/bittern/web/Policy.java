package org.bittern.web;

/**
 * Who may call an endpoint. Every policy refuses foreign host names (DNS rebinding), pages of
 * untrusted origins, addresses that are not on the list, and addresses that guess passwords. A
 * valid token opens every one of them; in strict mode nothing but a token (or a ticket) opens those
 * that move data.
 */
public enum Policy {
    /**
     * Transmission's own rules: the password if one is required, and the session id in {@code
     * X-Transmission-Session-Id} (409). A host name that is not allowed is answered with 421.
     */
    CLASSIC,

    /** The token and nothing else (401; 403 for a WebSocket). */
    TOKEN,

    /** Programs on this machine: the caller's address must be loopback. */
    LOCAL,

    /**
     * The password if one is required; if none is, whatever credential is shown is let pass. Calls
     * that a browser marks as cross-site are refused, also GET, since such interfaces change state
     * by GET.
     */
    REST,

    /**
     * The password if one is required; a ticket in the query opens its own path as well, for media
     * players. Where neither is required nothing need be shown, and the endpoint sees in {@link
     * Access} what was.
     */
    STREAM,

    /** Pages and their scripts: the password if one is required, links from anywhere. */
    PAGE
}
