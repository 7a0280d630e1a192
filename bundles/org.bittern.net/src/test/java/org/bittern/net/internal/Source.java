package org.bittern.net.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.bittern.spi.net.Connection;

/** Writes the stream that {@link Sink} expects, of a given length, and closes. */
final class Source implements Connection.Handler {
    final CompletableFuture<Long> end = new CompletableFuture<>();

    private final Connection connection;
    private volatile long length;
    private final ByteBuffer[] buffers = new ByteBuffer[3];
    private long written;

    Source(Connection connection, long length) {
        this.connection = connection;
        this.length = length;
    }

    void start() {
        connection.start(this);
        connection.writeInterest(true);
    }

    long written() {
        return written;
    }

    /** Ends the stream, after what is written already; any thread. */
    void stop() {
        connection.loop().execute(() -> length = written);
    }

    @Override
    public void readable() {
        throw new IllegalStateException("nobody writes to the source");
    }

    @Override
    public void writable() {
        connection.loop().assertOwner();
        try {
            long last = length;
            if (written >= last) {
                connection.close();
                end.complete(written);
                return;
            }
            // Three buffers of different sizes, of which the kernel takes what it likes.
            long at = written;
            for (int i = 0; i < buffers.length; i++) {
                int size = (int) Math.min(last - at, 1_000 * (i + 7) + 3);
                buffers[i] = ByteBuffer.wrap(Sink.bytes(at, size));
                at += size;
            }
            written += connection.write(buffers, 0, buffers.length);
        } catch (IOException e) {
            end.completeExceptionally(e);
            connection.close();
        }
    }

    @Override
    public void broken(IOException reason) {
        end.completeExceptionally(reason);
    }
}
