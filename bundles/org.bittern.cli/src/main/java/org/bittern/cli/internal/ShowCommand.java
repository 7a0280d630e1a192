package org.bittern.cli.internal;

import java.util.concurrent.Callable;
import org.bittern.metainfo.Magnet;
import org.bittern.terminal.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code show}: says what is in a torrent file or a magnet link. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Says what is in a torrent file or a magnet link.")
final class ShowCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE|MAGNET", description = "A torrent file or magnet link.")
    private String source = "";

    @Option(names = "--json", description = "As one JSON object.")
    private boolean json;

    ShowCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Facts facts =
                Magnet.isMagnet(source)
                        ? Facts.of(Source.magnet(source))
                        : Facts.of(Source.metainfo(source, Source.file(source)));
        terminal.say(json ? facts.json() : facts.text());
        return 0;
    }
}
