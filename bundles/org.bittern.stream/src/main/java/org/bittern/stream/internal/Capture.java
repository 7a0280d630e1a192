package org.bittern.stream.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Collects what a {@link Delivery} brings instead of sending it; small files only. */
final class Capture implements Exchange {
    private final Exchange client;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Capture(Exchange client) {
        this.client = client;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    @Override
    public List<String> headers(String name) {
        return client.headers(name);
    }

    @Override
    public boolean isHead() {
        return client.isHead();
    }

    @Override
    public void status(int status) {
        client.status(status);
    }

    @Override
    public void header(String name, String value) {
        client.header(name, value);
    }

    @Override
    public boolean committed() {
        return client.committed();
    }

    @Override
    public void reset() {
        client.reset();
    }

    /** Status and headers only: what was collected is not what the client gets. */
    @Override
    public void commit() throws IOException {
        client.commit();
    }

    @Override
    public OutputStream body() {
        return bytes;
    }

    /** Nothing that was collected is sent, and so the headers can wait for a better status. */
    @Override
    public void flush() {
        // nothing to send
    }

    @Override
    public void abort() {
        client.abort();
    }

    @Override
    public Watch watch(Runnable gone) {
        return client.watch(gone);
    }
}
