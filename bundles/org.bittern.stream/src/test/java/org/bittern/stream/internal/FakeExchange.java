package org.bittern.stream.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A client in memory. Thread-safe. */
final class FakeExchange implements Exchange {
    private final Map<String, String> request = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final Map<String, String> response = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final boolean head;
    private int status = 200;
    private volatile boolean committed;
    private int heldBack; // bytes that were written since the last commit
    private volatile boolean aborted;
    private volatile @Nullable Runnable gone;

    FakeExchange(boolean head) {
        this.head = head;
    }

    FakeExchange with(String header, String value) {
        request.put(header, value);
        return this;
    }

    int status() {
        return status;
    }

    String header(String name) {
        return response.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    synchronized byte[] sent() {
        return body.toByteArray();
    }

    /** Bytes that the client cannot see, since nobody said that they shall leave. */
    synchronized int heldBack() {
        return heldBack;
    }

    boolean aborted() {
        return aborted;
    }

    boolean watched() {
        return gone != null;
    }

    /** The client closes its connection. */
    void leave() {
        Runnable told = gone;
        if (told != null) {
            told.run();
        }
    }

    @Override
    public List<String> headers(String name) {
        String value = request.get(name);
        return value == null ? List.of() : List.of(value);
    }

    @Override
    public boolean isHead() {
        return head;
    }

    @Override
    public void status(int code) {
        status = code;
    }

    @Override
    public void header(String name, String value) {
        response.put(name, value);
    }

    @Override
    public boolean committed() {
        return committed;
    }

    @Override
    public void reset() {
        response.clear();
        synchronized (this) {
            body.reset();
        }
    }

    @Override
    public synchronized void commit() {
        committed = true;
        heldBack = 0;
    }

    @Override
    public OutputStream body() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (aborted) {
                    throw new IOException("closed");
                }
                committed |= status == 200 || status == 206;
                synchronized (FakeExchange.this) {
                    body.write(bytes, offset, length);
                    heldBack += length;
                }
            }
        };
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public Watch watch(Runnable told) {
        gone = told;
        return () -> gone = null;
    }
}
