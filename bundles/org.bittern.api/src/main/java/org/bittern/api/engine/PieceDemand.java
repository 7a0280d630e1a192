package org.bittern.api.engine;

import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What one reader of a torrent waits for. Its pieces go before all others; the readers of a torrent
 * share fairly. Thread-safe; every method returns at once. Nothing is left of it once it is closed.
 */
@ProviderType
public interface PieceDemand extends AutoCloseable {

    /**
     * Replaces what this reader needs. It acts while the torrent downloads; pieces that are not
     * wanted are not asked for.
     *
     * @return completes once all pieces of {@link PieceNeed#first} are verified, with the last
     *     piece of the unbroken run of verified pieces they are part of; with empty when the need
     *     was replaced or the demand closed before. Fails with INVALID_ARGUMENT when the torrent
     *     has no such pieces or no metadata yet, with TORRENT_NOT_FOUND when it is removed or its
     *     engine stops
     */
    CompletionStage<OptionalInt> need(PieceNeed need);

    /**
     * How many bytes of the pieces of {@link PieceNeed#first} are in the files as of now, verified
     * or not: grows as long as what this reader waits for is coming. 0 when it needs nothing.
     */
    CompletionStage<Long> gatheredBytes();

    /** Ends the demand. */
    @Override
    void close();
}
