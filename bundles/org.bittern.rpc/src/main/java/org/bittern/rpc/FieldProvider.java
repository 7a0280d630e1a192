package org.bittern.rpc;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.TorrentSnapshot;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Adds fields to {@code torrent-get}, {@code torrent-set}, {@code session-get} and {@code
 * session-set}. Thread-safe; every method returns at once.
 */
@ConsumerType
public interface FieldProvider {
    /**
     * Fields of {@code torrent-get}.
     *
     * @return by name of the legacy dialect; values as {@link RpcWriter#value} takes them
     */
    Map<String, Function<TorrentSnapshot, @Nullable Object>> torrentFields();

    /** Those of its fields that change with time alone, such as seconds that are counted. */
    default Set<String> tickingFields() {
        return Set.of();
    }

    /** Fields of {@code session-get}, in the same form. */
    Map<String, Function<Engine, @Nullable Object>> sessionFields();

    /**
     * Reads its arguments of {@code torrent-set}.
     *
     * @param change what is to be done if no argument of anybody is refused
     * @throws RpcException when one is refused
     */
    void torrentSet(RpcRequest request, TorrentChange change) throws RpcException;

    /** Reads its arguments of {@code session-set}, in the same way. */
    void sessionSet(RpcRequest request, SessionChange change) throws RpcException;
}
