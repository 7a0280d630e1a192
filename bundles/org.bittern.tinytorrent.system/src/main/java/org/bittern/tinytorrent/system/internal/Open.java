package org.bittern.tinytorrent.system.internal;

import java.nio.file.Path;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.paths.PathArgument;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code system-open}: opens a file as a double click does, but runs no program. Thread-safe. */
@Component
public final class Open implements RpcMethod {
    private final Surroundings surroundings;

    @Activate
    public Open(@Reference Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public String name() {
        return "system_open";
    }

    @Override
    public boolean extended() {
        return true;
    }

    @Override
    public RpcAnswer perform(RpcRequest request) throws RpcException {
        Path asked = PathArgument.absolute(request.arguments());
        Path path =
                surroundings.look(
                        asked,
                        () -> {
                            // What is looked at is what is opened, whatever links say.
                            Path real = asked.toRealPath();
                            if (!surroundings.opensPrograms() && Runnables.contains(real)) {
                                throw Problem.ACCESS_DENIED.refusal(
                                        "programs and scripts are not opened");
                            }
                            return real;
                        });
        surroundings.show(desktop -> desktop.open(path));
        return RpcAnswer.NONE;
    }
}
