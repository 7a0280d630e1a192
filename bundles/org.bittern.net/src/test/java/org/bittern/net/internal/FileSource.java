package org.bittern.net.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.CompletableFuture;
import org.bittern.spi.net.Connection;

/** Sends a file by {@link Connection#transferFrom}. */
final class FileSource implements Connection.Handler {
    private final Connection connection;
    private final FileChannel file;
    private final long length;
    private final CompletableFuture<Long> sent;
    private long position;

    FileSource(Connection connection, FileChannel file, long length, CompletableFuture<Long> sent) {
        this.connection = connection;
        this.file = file;
        this.length = length;
        this.sent = sent;
    }

    @Override
    public void readable() {
        sent.completeExceptionally(new IllegalStateException("nobody writes to the source"));
    }

    @Override
    public void writable() {
        try {
            position += connection.transferFrom(file, position, length - position);
        } catch (IOException e) {
            sent.completeExceptionally(e);
        }
        if (position == length) {
            connection.writeInterest(false);
            sent.complete(position);
        }
    }

    @Override
    public void broken(IOException reason) {
        sent.completeExceptionally(reason);
    }
}
