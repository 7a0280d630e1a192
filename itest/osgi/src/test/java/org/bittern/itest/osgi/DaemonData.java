package org.bittern.itest.osgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A data directory of a daemon that talks to this machine only. */
public final class DaemonData {
    private static final String SETTINGS =
            """
            {
              "bind-address-ipv4": "127.0.0.1",
              "peer-port": 0,
              "lpd-enabled": false,
              "port-forwarding-enabled": false,
              "rpc-port": 0
            }
            """;

    private DaemonData() {}

    /**
     * A new one.
     *
     * @param work a directory of the test's own, whose path is short: a socket lies in it
     */
    public static Path in(Path work) throws IOException {
        Path data = Files.createDirectory(work.resolve("data"));
        Files.writeString(data.resolve("settings.json"), SETTINGS);
        return data;
    }
}
