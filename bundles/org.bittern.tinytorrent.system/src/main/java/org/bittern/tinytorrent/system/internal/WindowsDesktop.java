package org.bittern.tinytorrent.system.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcException;

/** Windows: Explorer, and the user's own part of the registry, which needs no elevation. */
final class WindowsDesktop implements Desktop {
    private static final String CLASSES = "HKCU\\Software\\Classes\\";
    private static final String TORRENT_CLASS = "Bittern.torrent";

    private final Programs programs;

    WindowsDesktop(Programs programs) {
        this.programs = programs;
    }

    @Override
    public Optional<RpcException> noWindows() {
        return Optional.empty();
    }

    @Override
    public List<String> reveal(Path path) {
        return List.of("explorer.exe", "/select,", path.toString());
    }

    @Override
    public List<String> open(Path path) {
        // The same verb as a double click; "start" would be a command of the shell.
        return List.of("rundll32.exe", "url.dll,FileProtocolHandler", path.toString());
    }

    @Override
    public boolean canAssociate() {
        return true;
    }

    @Override
    public void prepare(List<String> command) {
        // the registry is all
    }

    @Override
    public void associate(List<String> command) throws RpcException {
        String line =
                Stream.concat(command.stream(), Stream.of("%1"))
                        .map(word -> '"' + word + '"')
                        .collect(Collectors.joining(" "));
        enter("magnet", "URL:Magnet link");
        add(CLASSES + "magnet", List.of("/v", "URL Protocol", "/d", ""));
        enter("magnet\\shell\\open\\command", line);
        enter(TORRENT_CLASS, "Torrent file");
        enter(TORRENT_CLASS + "\\shell\\open\\command", line);
        enter(".torrent", TORRENT_CLASS);
    }

    private void enter(String key, String value) throws RpcException {
        add(CLASSES + key, List.of("/ve", "/d", value));
    }

    private void add(String key, List<String> value) throws RpcException {
        List<String> command =
                Stream.of(List.of("reg.exe", "add", key, "/t", "REG_SZ", "/f"), value)
                        .flatMap(List::stream)
                        .toList();
        try {
            programs.run(command);
        } catch (IOException e) {
            throw Problem.PERMISSION_DENIED.refusal(
                    "the registry was not written", Handlers.PERMISSION_DENIED);
        }
    }
}
