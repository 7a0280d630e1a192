package org.bittern.tinytorrent.fs.internal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bittern.rpc.Capabilities;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.paths.PathArgument;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code fs-create-dir}: makes a directory with the parents that are missing, all or none.
 * Thread-safe.
 */
@Component
public final class CreateDirectory implements RpcMethod, Capabilities {
    /** Directories that one call makes. */
    static final int MAX_LEVELS = 32;

    private final FileDesk desk;

    @Activate
    public CreateDirectory(@Reference FileDesk desk) {
        this.desk = desk;
    }

    @Override
    public String name() {
        return "fs_create_dir";
    }

    @Override
    public boolean extended() {
        return true;
    }

    @Override
    public List<String> features() {
        return List.of("fs-create-dir");
    }

    @Override
    public RpcAnswer perform(RpcRequest request) throws RpcException {
        Path asked = PathArgument.absolute(request.arguments());
        Roots.Ground ground =
                desk.look(
                        asked,
                        () -> {
                            Roots.Ground found = desk.roots().ground(asked);
                            make(found);
                            return found;
                        });
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("path", target(ground).toString());
        told.put("created", !ground.missing().isEmpty());
        return RpcAnswer.of(told);
    }

    private static Path target(Roots.Ground ground) {
        Path target = ground.real();
        for (Path name : ground.missing()) {
            target = target.resolve(name);
        }
        return target;
    }

    private static void make(Roots.Ground ground) throws IOException, RpcException {
        if (!Files.isDirectory(ground.real())) {
            throw Problem.INVALID_ARGUMENT.refusal("a file is in the way");
        }
        if (ground.missing().size() > MAX_LEVELS) {
            throw Problem.INVALID_ARGUMENT.refusal(
                    "more than " + MAX_LEVELS + " directories are missing");
        }
        List<Path> made = new ArrayList<>();
        Path next = ground.real();
        try {
            for (Path name : ground.missing()) {
                next = next.resolve(name);
                Files.createDirectory(next);
                made.add(next);
            }
        } catch (FileAlreadyExistsException e) {
            remove(made);
            throw Problem.INVALID_ARGUMENT.refusal("a file is in the way");
        } catch (IOException e) {
            remove(made);
            throw e;
        }
    }

    private static void remove(List<Path> made) throws IOException {
        for (Path directory : made.reversed()) {
            Files.deleteIfExists(directory);
        }
    }
}
