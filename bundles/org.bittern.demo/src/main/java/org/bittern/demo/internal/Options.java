package org.bittern.demo.internal;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the script hands over. Filled in by picocli. */
@Command(name = "bittern demo swap", description = "Exchanges parts during a download.")
final class Options {
    @Option(names = "--torrent", required = true, description = "The torrent file.")
    private Path torrent = Path.of("");

    @Option(names = "--content", required = true, description = "The file that the seed has.")
    private Path content = Path.of("");

    @Option(names = "--dir", required = true, description = "Where the download goes.")
    private Path directory = Path.of("");

    @Option(names = "--peer", required = true, description = "Port of the seed on this machine.")
    private int peer;

    Path torrent() {
        return torrent;
    }

    Path content() {
        return content;
    }

    Path directory() {
        return directory.toAbsolutePath();
    }

    int peer() {
        return peer;
    }
}
