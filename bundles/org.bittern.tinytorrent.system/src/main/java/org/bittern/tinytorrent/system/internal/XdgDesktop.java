package org.bittern.tinytorrent.system.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.paths.PathTrouble;

/**
 * Desktops that follow freedesktop.org: xdg-open, desktop entries, and xdg-mime.
 *
 * @see <a href="https://specifications.freedesktop.org/mime-apps-spec/latest/">MIME
 *     associations</a>
 */
final class XdgDesktop implements Desktop {
    private static final String OPEN = "xdg-open";
    private static final String MIME = "xdg-mime";

    private final Map<String, String> environment;
    private final Programs programs;

    XdgDesktop(Map<String, String> environment, Programs programs) {
        this.environment = Map.copyOf(environment);
        this.programs = programs;
    }

    @Override
    public Optional<RpcException> noWindows() {
        if (value("DISPLAY").isEmpty() && value("WAYLAND_DISPLAY").isEmpty()) {
            return Optional.of(Problem.NO_DESKTOP.refusal());
        }
        return programs.has(OPEN)
                ? Optional.empty()
                : Optional.of(Problem.NOT_SUPPORTED.refusal(OPEN + " is not installed"));
    }

    /** File managers have no common way to select a file: its directory is shown. */
    @Override
    public List<String> reveal(Path path) {
        return open(Objects.requireNonNullElse(path.getParent(), path));
    }

    @Override
    public List<String> open(Path path) {
        return List.of(OPEN, path.toString());
    }

    @Override
    public boolean canAssociate() {
        return programs.has(MIME) && directory("XDG_DATA_HOME", ".local/share").isPresent();
    }

    @Override
    public void prepare(List<String> command) throws IOException, RpcException {
        Optional<Path> data = directory("XDG_DATA_HOME", ".local/share");
        Optional<Path> config = directory("XDG_CONFIG_HOME", ".config");
        if (!programs.has(MIME) || data.isEmpty() || config.isEmpty()) {
            throw Problem.NOT_SUPPORTED.refusal(
                    MIME + " or the home directory is missing", Handlers.ERROR);
        }
        try {
            Path applications = Files.createDirectories(data.get().resolve("applications"));
            Files.createDirectories(config.get());
            // xdg-mime does not say when it could not write.
            Path chosen = config.get().resolve("mimeapps.list");
            if (!Files.isWritable(Files.exists(chosen) ? chosen : config.get())) {
                throw new AccessDeniedException(chosen.toString());
            }
            for (DesktopEntry entry : DesktopEntry.ALL) {
                write(applications.resolve(entry.file()), entry.text(command));
            }
        } catch (FileSystemException e) {
            throw refusal(PathTrouble.of(e));
        }
    }

    @Override
    public void associate(List<String> command) throws RpcException {
        for (DesktopEntry entry : DesktopEntry.ALL) {
            associate(entry);
        }
    }

    private static RpcException refusal(RpcException trouble) {
        String detail = "applications or mimeapps.list: " + trouble.text();
        return trouble.text().equals(Problem.ACCESS_DENIED.text())
                ? Problem.PERMISSION_DENIED.refusal(detail, Handlers.PERMISSION_DENIED)
                : Problem.FAILED.refusal(detail, Handlers.ERROR);
    }

    private static void write(Path file, String text) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private void associate(DesktopEntry entry) throws RpcException {
        try {
            programs.run(List.of(MIME, "default", entry.file(), entry.mimeType()));
            String now = programs.run(List.of(MIME, "query", "default", entry.mimeType()));
            if (!now.equals(entry.file())) {
                throw Problem.FAILED.refusal(
                        entry.mimeType() + " is still opened by another", Handlers.ERROR);
            }
        } catch (IOException e) {
            throw Problem.FAILED.refusal(String.valueOf(e.getMessage()), Handlers.ERROR);
        }
    }

    /** As the base directory specification says: relative values are ignored. */
    private Optional<Path> directory(String variable, String below) {
        Optional<Path> own = value(variable).map(Path::of).filter(Path::isAbsolute);
        return own.isPresent() ? own : value("HOME").map(home -> Path.of(home).resolve(below));
    }

    private Optional<String> value(String variable) {
        return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isEmpty());
    }
}
