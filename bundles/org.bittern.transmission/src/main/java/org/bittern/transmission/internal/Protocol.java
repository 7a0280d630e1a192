package org.bittern.transmission.internal;

/**
 * The revision of Transmission's protocol that is advertised; both dialects are answered either
 * way.
 */
enum Protocol {
    /** Of Transmission 4.0: what most clients were written for. */
    V17(17, "5.3.0"),
    /** Of Transmission 4.1.1: tells clients of JSON-RPC. */
    V19(19, "6.0.1");

    /** Oldest revision whose clients are understood. */
    static final int MINIMUM = 14;

    private final int version;
    private final String semver;

    Protocol(int version, String semver) {
        this.version = version;
        this.semver = semver;
    }

    /** By its number; anything else is the default. */
    static Protocol numbered(int version) {
        return version == V19.version ? V19 : V17;
    }

    int version() {
        return version;
    }

    String semver() {
        return semver;
    }
}
