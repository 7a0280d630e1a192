package org.bittern.lsd.internal;

/** Local announcements (BEP 14): what is read has a port and hashes of 20 bytes. */
public final class LsdTarget {
    private LsdTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        LsdMessage.parse(input)
                .ifPresent(message -> {
                    boolean whole = message.infoHashes().stream().allMatch(h -> h.length == 20);
                    if (message.port() < 1 || message.port() > 65_535 || !whole) {
                        throw new AssertionError(message.toString());
                    }
                });
    }
}
