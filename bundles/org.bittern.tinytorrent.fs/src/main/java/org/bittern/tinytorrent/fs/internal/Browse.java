package org.bittern.tinytorrent.fs.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bittern.rpc.Capabilities;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.RpcWriter;
import org.bittern.rpc.paths.PathArgument;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code fs-browse}: what is in a directory. Thread-safe. */
@Component
public final class Browse implements RpcMethod, Capabilities {
    private final FileDesk desk;
    private final Lister lister;

    @Activate
    public Browse(@Reference FileDesk desk) {
        this(desk, Lister.ofMachine(Lister.MAX_ENTRIES));
    }

    Browse(FileDesk desk, Lister lister) {
        this.desk = desk;
        this.lister = lister;
    }

    @Override
    public String name() {
        return "fs_browse";
    }

    @Override
    public boolean extended() {
        return true;
    }

    @Override
    public List<String> features() {
        return List.of("fs-browse");
    }

    @Override
    public RpcAnswer perform(RpcRequest request) throws RpcException {
        Roots roots = desk.roots();
        Path asked =
                PathArgument.isGiven(request.arguments())
                        ? PathArgument.absolute(request.arguments())
                        : roots.start();
        Listing listing = desk.look(asked, () -> lister.list(asked, roots));
        return out -> write(listing, roots, out);
    }

    private static void write(Listing listing, Roots roots, RpcWriter out) throws IOException {
        out.text("path", listing.directory().toString());
        out.field("parent");
        out.value(listing.parent().map(Path::toString).orElse(null));
        out.text("separator", listing.directory().getFileSystem().getSeparator());
        out.field("roots");
        out.value(roots.names());
        out.flag("complete", listing.complete());
        out.field("entries");
        out.beginArray();
        for (Listing.Entry entry : listing.entries()) {
            out.beginObject();
            out.text("name", entry.name());
            out.text("type", entry.kind().word());
            out.number("size", entry.size());
            out.number("mtime", entry.modified());
            out.endObject();
        }
        out.endArray();
    }
}
