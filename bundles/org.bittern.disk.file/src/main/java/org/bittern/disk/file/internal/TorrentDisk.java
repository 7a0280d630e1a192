package org.bittern.disk.file.internal;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.bittern.metainfo.Metainfo;
import org.bittern.spi.disk.WaitingBytes;

/**
 * What the disk work of one torrent shares. Immutable; its parts are thread-safe.
 *
 * @param loop runs callbacks
 * @param scratch a direct buffer of the calling thread
 * @param nanos monotonic clock
 */
record TorrentDisk(
        Metainfo metainfo,
        FileLayout layout,
        PieceFiles files,
        Route route,
        WaitingBytes waiting,
        Executor loop,
        ThreadLocal<ByteBuffer> scratch,
        LongSupplier nanos) {

    /** True when so much waits that nothing should be held back to make larger writes. */
    boolean pressed() {
        return waiting.waitingBytes() > waiting.limitBytes() / 4;
    }
}
