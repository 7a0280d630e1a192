package org.bittern.net.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.bittern.spi.net.Connection;

/** Reads a connection to its end; checks that byte n of the stream is {@link #at}(n). */
final class Sink implements Connection.Handler {
    final AtomicLong received = new AtomicLong();

    /** How it ended: the number of bytes at the end of the stream, or an error. */
    final CompletableFuture<Long> end = new CompletableFuture<>();

    private final Connection connection;
    private final ByteBuffer[] buffer = {ByteBuffer.allocateDirect(1 << 16)};

    Sink(Connection connection) {
        this.connection = connection;
    }

    static byte at(long position) {
        return (byte) (position * 31 + position / 256);
    }

    /** The bytes of the stream from a position on. */
    static byte[] bytes(long from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = at(from + i);
        }
        return bytes;
    }

    @Override
    public void readable() {
        connection.loop().assertOwner();
        try {
            ByteBuffer bytes = buffer[0].clear();
            long read = connection.read(buffer, 0, 1);
            if (read < 0) {
                end.complete(received.get());
                connection.close();
                return;
            }
            check(bytes.flip());
        } catch (IOException e) {
            end.completeExceptionally(e);
            connection.close();
        }
    }

    @Override
    public void writable() {
        end.completeExceptionally(new IllegalStateException("nobody asked for it"));
    }

    @Override
    public void broken(IOException reason) {
        end.completeExceptionally(reason);
    }

    private void check(ByteBuffer bytes) {
        long position = received.get();
        while (bytes.hasRemaining()) {
            if (bytes.get() != at(position++)) {
                end.completeExceptionally(new IllegalStateException("wrong byte at " + position));
            }
        }
        received.set(position);
    }
}
