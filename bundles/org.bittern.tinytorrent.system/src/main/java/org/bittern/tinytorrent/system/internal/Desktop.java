package org.bittern.tinytorrent.system.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bittern.rpc.RpcException;

/** How a kind of system shows files, and who opens which of them. Thread-safe. */
interface Desktop {
    /** Why no window can be shown; empty when one can. */
    Optional<RpcException> noWindows();

    /**
     * The command that shows where a file is.
     *
     * @param path absolute, exists
     */
    List<String> reveal(Path path);

    /** The command that opens a file as a double click does. */
    List<String> open(Path path);

    /** Whether {@link #associate} can work. */
    boolean canAssociate();

    /**
     * Writes what a command needs to be the one that opens magnet links and torrent files of the
     * user. May hang with the user's home directory.
     *
     * @param command program and arguments; link or file is appended
     * @throws RpcException with its own word for the result
     */
    void prepare(List<String> command) throws IOException, RpcException;

    /**
     * Makes it that command. Runs programs, so it takes a while.
     *
     * @throws RpcException with its own word for the result
     */
    void associate(List<String> command) throws RpcException;

    /**
     * That of this process.
     *
     * @param system {@code os.name}
     */
    static Desktop of(String system, Map<String, String> environment, Programs programs) {
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("windows")) {
            return new WindowsDesktop(programs);
        }
        return name.startsWith("mac") ? new MacDesktop() : new XdgDesktop(environment, programs);
    }
}
