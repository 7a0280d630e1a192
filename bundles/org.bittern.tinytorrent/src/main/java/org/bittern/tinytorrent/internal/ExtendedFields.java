package org.bittern.tinytorrent.internal;

import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.TorrentSnapshot;
import org.bittern.rpc.FieldProvider;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcRequest;
import org.bittern.rpc.SessionChange;
import org.bittern.rpc.TorrentChange;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** TinyTorrent's fields, behind the methods of Transmission. Thread-safe. */
@Component
public final class ExtendedFields implements FieldProvider {
    private final Map<String, Function<TorrentSnapshot, @Nullable Object>> torrentFields =
            new TorrentFields(InstantSource.system()).readable();
    private final Map<String, Function<Engine, @Nullable Object>> sessionFields =
            SessionFields.readable();

    @Activate
    public ExtendedFields() {
        // everything it needs comes with the calls
    }

    @Override
    public Map<String, Function<TorrentSnapshot, @Nullable Object>> torrentFields() {
        return torrentFields;
    }

    @Override
    public Set<String> tickingFields() {
        return Set.of(TorrentFields.TIME_UNTIL_PAUSE);
    }

    @Override
    public Map<String, Function<Engine, @Nullable Object>> sessionFields() {
        return sessionFields;
    }

    @Override
    public void torrentSet(RpcRequest request, TorrentChange change) throws RpcException {
        TorrentFields.set(request.arguments(), change);
    }

    @Override
    public void sessionSet(RpcRequest request, SessionChange change) throws RpcException {
        SessionFields.set(request, change);
    }
}
