package org.bittern.api.stream;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says which parts of files may be read, and makes them come. Thread-safe; every method returns at
 * once. A part is readable only when all of it is verified and in the file.
 */
@ConsumerType
public interface RangeBrain {

    /**
     * Asks for one window of a file.
     *
     * @param answers gets {@link RangeAnswer.Available} or {@link RangeAnswer.Reject}, or {@link
     *     RangeAnswer.Block} and later {@link RangeAnswer.Ready} or {@link RangeAnswer.Reject};
     *     {@link RangeAnswer.Gone} in place of any; on any thread
     */
    void request(RangeRequest request, RangeListener answers);

    /**
     * The client has gone: nobody waits for this window, nor for what follows it. Also for a window
     * that was granted already.
     */
    void cancel(UUID requestId);

    /**
     * How much of a file is there.
     *
     * @return empty when the brain cannot tell or does not know the file
     */
    CompletionStage<Optional<BufferStatus>> status(String fileId);

    /** Gets the answers to one request. */
    @FunctionalInterface
    interface RangeListener {
        void answer(RangeAnswer answer);
    }
}
