package org.bittern.remote.internal;

import picocli.CommandLine.Command;

/** {@code shutdown}: ends the daemon. */
@Command(name = "shutdown", description = "Ends the daemon in good order.")
final class ShutdownCommand extends RemoteCommand {
    ShutdownCommand(Remote remote) {
        super(remote);
    }

    @Override
    int run(Rpc rpc) {
        rpc.call("session-close");
        return 0;
    }
}
