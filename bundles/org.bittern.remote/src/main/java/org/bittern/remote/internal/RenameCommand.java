package org.bittern.remote.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rename}: another name for a torrent, or for a file in it. */
@Command(name = "rename", description = "Renames a torrent, or a file or folder in it.")
final class RenameCommand extends RemoteCommand {
    @Parameters(index = "0", paramLabel = "TORRENT", description = "One torrent.")
    private String torrent = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Its new name, without folders.")
    private String name = "";

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description = "What is renamed, as `files` shows it. Default: the torrent itself.")
    private String path = "";

    RenameCommand(Remote remote) {
        super(remote);
    }

    @Override
    int run(Rpc rpc) {
        List<Long> id = List.of(TorrentChoice.id(rpc, torrent));
        JsonNode found = TorrentChoice.get(rpc, id, "name").path("torrents").path(0);
        ObjectNode arguments = TorrentChoice.put(Rpc.arguments(), id);
        arguments.put("path", path.isEmpty() ? found.path("name").asText() : path);
        arguments.put("name", name);
        rpc.call("torrent-rename-path", arguments);
        return 0;
    }
}
