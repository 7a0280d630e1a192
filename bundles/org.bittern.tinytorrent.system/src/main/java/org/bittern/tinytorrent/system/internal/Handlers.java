package org.bittern.tinytorrent.system.internal;

import java.nio.file.Path;
import java.util.List;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code system-register-handler}: magnet links and torrent files of the user are given to this
 * daemon from now on. Its result is {@code success}, {@code permission-denied} or {@code error}.
 * Thread-safe.
 */
@Component
public final class Handlers implements RpcMethod {
    /** Word in {@code result}: somebody else would have to do it. */
    static final String PERMISSION_DENIED = "permission-denied";

    /** Word in {@code result}: it cannot be done. */
    static final String ERROR = "error";

    private final Surroundings surroundings;

    @Activate
    public Handlers(@Reference Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public String name() {
        return "system_register_handler";
    }

    @Override
    public boolean extended() {
        return true;
    }

    @Override
    public RpcAnswer perform(RpcRequest request) throws RpcException {
        List<String> command = surroundings.handler();
        if (command.isEmpty()) {
            throw Problem.NOT_SUPPORTED.refusal("handler.command is not configured", ERROR);
        }
        if (command.stream().flatMapToInt(String::chars).anyMatch(Character::isISOControl)) {
            throw Problem.NOT_SUPPORTED.refusal(
                    "the command has characters that cannot be entered", ERROR);
        }
        Desktop desktop = surroundings.desktop();
        surroundings.look(
                Path.of(System.getProperty("user.home", "/")),
                () -> {
                    desktop.prepare(command);
                    return true;
                });
        desktop.associate(command);
        return RpcAnswer.NONE;
    }
}
