package org.bittern.gotorrent.internal;

import java.util.HexFormat;

/** Lower-case hex digits. */
final class Hex {
    private Hex() {}

    static String of(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
