package org.bittern.tinytorrent.system.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcException;

/** macOS: {@code open}, and Finder behind it. */
final class MacDesktop implements Desktop {
    @Override
    public Optional<RpcException> noWindows() {
        return Optional.empty();
    }

    @Override
    public List<String> reveal(Path path) {
        return List.of("/usr/bin/open", "-R", path.toString());
    }

    @Override
    public List<String> open(Path path) {
        return List.of("/usr/bin/open", path.toString());
    }

    @Override
    public boolean canAssociate() {
        return false;
    }

    /** Only what is packed as an application can open links there. */
    @Override
    public void prepare(List<String> command) throws RpcException {
        throw Problem.NOT_SUPPORTED.refusal("macOS asks for an application", Handlers.ERROR);
    }

    @Override
    public void associate(List<String> command) throws RpcException {
        prepare(command);
    }
}
