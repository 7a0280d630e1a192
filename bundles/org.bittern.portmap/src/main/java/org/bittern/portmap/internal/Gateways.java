package org.bittern.portmap.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the default gateway in the routing table of Linux; elsewhere only UPnP works. */
final class Gateways {
    private static final Path ROUTES = Path.of("/proc/net/route");
    private static final int DESTINATION = 1;
    private static final int GATEWAY = 2;
    private static final int FIELDS = 8;

    private Gateways() {}

    /** The default gateway of IPv4 as of now. */
    static Optional<InetAddress> find() {
        try {
            return Files.isReadable(ROUTES) ? parse(Files.readAllLines(ROUTES)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The first default route of the table. */
    static Optional<InetAddress> parse(List<String> lines) {
        List<String> rows = new ArrayList<>(lines);
        for (String row : rows) {
            String[] fields = row.strip().split("\\s+", -1);
            if (fields.length >= FIELDS
                    && fields[DESTINATION].equals("00000000")
                    && fields[GATEWAY].matches("[0-9A-Fa-f]{8}")
                    && !fields[GATEWAY].equals("00000000")) {
                return Optional.of(address(fields[GATEWAY]));
            }
        }
        return Optional.empty();
    }

    /** The kernel prints the number as it lies in memory. */
    private static InetAddress address(String hex) {
        int number = Integer.reverseBytes((int) Long.parseLong(hex, 16));
        boolean big = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;
        int address = big ? Integer.reverseBytes(number) : number;
        return InetAddress.ofLiteral(
                "%d.%d.%d.%d"
                        .formatted(
                                address >>> 24,
                                (address >>> 16) & 255,
                                (address >>> 8) & 255,
                                address & 255));
    }
}
