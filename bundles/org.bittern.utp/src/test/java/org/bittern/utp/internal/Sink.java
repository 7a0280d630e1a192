package org.bittern.utp.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.bittern.spi.net.Connection;
import org.jspecify.annotations.Nullable;

/** One end of a connection: keeps what comes, sends what it is given, as fast as it may. */
class Sink implements Connection.Handler {
    final Connection connection;
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final byte[] first = new byte[10_000];
    private final byte[] second = new byte[60_000];
    boolean ended;
    boolean closesAtEnd = true;
    @Nullable IOException broken; // null unless it broke
    private ByteBuffer out = ByteBuffer.allocate(0);
    private boolean closesWhenSent;

    Sink(Connection connection) {
        this.connection = connection;
    }

    /** Sends more; from outside of its loop. */
    void send(byte[] bytes) {
        Bench.on(
                connection,
                () -> {
                    out =
                            ByteBuffer.allocate(out.remaining() + bytes.length)
                                    .put(out)
                                    .put(bytes)
                                    .flip();
                    writable();
                });
    }

    /** Sends and closes behind it. */
    void sendAll(byte[] bytes) {
        closesWhenSent = true;
        send(bytes);
    }

    int unsent() {
        return out.remaining();
    }

    void close() {
        Bench.on(connection, connection::close);
    }

    byte[] bytes() {
        return received.toByteArray();
    }

    @Override
    public void readable() {
        try {
            ByteBuffer[] room = {ByteBuffer.wrap(first), ByteBuffer.wrap(second)};
            long bytes = connection.read(room, 0, 2);
            received.write(first, 0, room[0].position());
            received.write(second, 0, room[1].position());
            if (bytes < 0) {
                ended = true;
                connection.readInterest(false);
                if (closesAtEnd) {
                    connection.close();
                }
            }
        } catch (IOException e) {
            broken = e;
        }
    }

    @Override
    public void writable() {
        try {
            ByteBuffer[] sources = {out};
            while (out.hasRemaining() && connection.write(sources, 0, 1) > 0) {
                // as long as it takes something
            }
            connection.writeInterest(out.hasRemaining());
            if (!out.hasRemaining() && closesWhenSent) {
                connection.close();
            }
        } catch (IOException e) {
            broken = e;
        }
    }

    @Override
    public void broken(IOException reason) {
        broken = reason;
    }
}
