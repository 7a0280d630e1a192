package org.bittern.tinytorrent.fs.internal;

import java.io.File;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.paths.PathArgument;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code fs-space}: the room on the disk of a path; of its nearest parent that exists, when it does
 * not exist itself. Thread-safe.
 */
@Component
public final class Space implements RpcMethod {
    private final FileDesk desk;

    @Activate
    public Space(@Reference FileDesk desk) {
        this.desk = desk;
    }

    @Override
    public String name() {
        return "fs_space";
    }

    @Override
    public boolean extended() {
        return true;
    }

    /**
     * Bytes.
     *
     * @param usable those that the user of this process can have
     */
    private record Room(long usable, long total) {}

    @Override
    public RpcAnswer perform(RpcRequest request) throws RpcException {
        Path asked = PathArgument.absolute(request.arguments());
        Room room =
                desk.look(
                        asked,
                        () -> {
                            // A FileStore would look for its mount point, which fails in
                            // some containers; this asks the path itself.
                            File ground = desk.roots().ground(asked).real().toFile();
                            return new Room(ground.getUsableSpace(), ground.getTotalSpace());
                        });
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("path", asked.toString());
        told.put("freeBytes", room.usable());
        told.put("totalBytes", room.total());
        told.put("size-bytes", room.usable()); // the names of free-space
        told.put("total_size", room.total());
        return RpcAnswer.of(told);
    }
}
