package org.bittern.stream.remote.internal;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bittern.api.stream.FileCatalog;
import org.bittern.api.stream.RangeBrain;
import org.bittern.api.stream.StreamFile;
import org.bittern.web.Socket;
import org.bittern.web.SocketHandler;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/** The control WebSocket, and the catalog of what brains register there. */
@Component(
        service = {FileCatalog.class, SocketHandler.class},
        configurationPid = "org.bittern.stream.remote",
        property = SocketHandler.PATH + "=/control")
@Designate(ocd = RemoteConfig.class)
public final class RemoteStreams implements FileCatalog, SocketHandler {
    private final RemoteFiles files;

    @Activate
    public RemoteStreams(RemoteConfig config) {
        files = new RemoteFiles(Stream.of(config.roots()).map(Path::of).toList(), System::nanoTime);
    }

    @Deactivate
    void stop() {
        files.close();
    }

    @Override
    public Events opened(Socket socket, Map<String, List<String>> query) {
        files.connected();
        return new BrainLink(socket, files);
    }

    @Override
    public CompletionStage<Optional<StreamFile>> find(String fileId) {
        return files.find(fileId);
    }

    @Override
    public CompletionStage<List<StreamFile>> files(Optional<String> group) {
        return files.files(group);
    }

    @Override
    public RangeBrain brain() {
        return files.brain();
    }

    @Override
    public Runnable watch(Consumer<String> withdrawn) {
        return files.watch(withdrawn);
    }
}
