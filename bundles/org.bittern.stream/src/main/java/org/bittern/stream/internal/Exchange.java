package org.bittern.stream.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** One HTTP request and its answer, as the streaming classes see it; used by one thread. */
interface Exchange {
    /** All values of a request header. */
    List<String> headers(String name);

    boolean isHead();

    void status(int status);

    void header(String name, String value);

    /** Whether status and headers are on their way, so that they cannot be changed. */
    boolean committed();

    /**
     * Forgets status, headers that were set here, and what is left of the body; only while not
     * committed.
     */
    void reset();

    /** Sends now what there is: status, headers, what was written of the body. */
    void commit() throws IOException;

    OutputStream body() throws IOException;

    /** Sends now what was written of the body, and with it status and headers. */
    default void flush() throws IOException {
        commit();
    }

    /**
     * Breaks the connection off, so that the client sees that its answer is not whole. Any thread.
     */
    void abort();

    /**
     * Notices when the client closes the connection, until the watch is closed.
     *
     * @param gone called at most once, on any thread; must return at once
     */
    Watch watch(Runnable gone);

    /** A client that is being watched. */
    @FunctionalInterface
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
