package org.bittern.tinytorrent.system.internal;

import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.paths.PathArgument;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code system-reveal}: shows a file in the file manager. Thread-safe. */
@Component
public final class Reveal implements RpcMethod {
    private final Surroundings surroundings;

    @Activate
    public Reveal(@Reference Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public String name() {
        return "system_reveal";
    }

    @Override
    public boolean extended() {
        return true;
    }

    @Override
    public RpcAnswer perform(RpcRequest request) throws RpcException {
        Path asked = PathArgument.absolute(request.arguments());
        Path path = surroundings.look(asked, () -> asked.toRealPath(LinkOption.NOFOLLOW_LINKS));
        surroundings.show(desktop -> desktop.reveal(path));
        return RpcAnswer.NONE;
    }
}
