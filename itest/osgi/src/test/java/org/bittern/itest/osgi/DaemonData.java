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

    /** A new one. */
    public static Path make() throws IOException {
        Path data = Files.createTempDirectory("daemon");
        Files.writeString(data.resolve("settings.json"), SETTINGS);
        return data;
    }
}
