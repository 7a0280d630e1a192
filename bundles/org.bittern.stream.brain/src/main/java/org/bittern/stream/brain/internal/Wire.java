package org.bittern.stream.brain.internal;

import java.io.IOException;

/** A connection to the I/O side. Used by one thread, which waits; {@link Events} come on others. */
interface Wire extends AutoCloseable {

    /**
     * Sends a message.
     *
     * @throws IOException the connection is lost, or nobody reads at its other end
     */
    void send(String text) throws IOException, InterruptedException;

    /**
     * Asks for a sign of life.
     *
     * @throws IOException as {@link #send}
     */
    void ping() throws IOException, InterruptedException;

    /** Ends it, within a second; does nothing when it is lost. */
    @Override
    void close();

    /** Gets what comes in, one after the other; must return at once. */
    interface Events {
        void text(String text);

        /** The other end lives. */
        void heard();

        /** It is over; may be told more than once. */
        void lost(String reason);
    }

    /** Makes connections. */
    @FunctionalInterface
    interface Dialler {
        /**
         * Connects; waits until that is done.
         *
         * @param events what comes in, perhaps before this returns
         * @throws IOException with a reason for a person
         */
        Wire dial(Events events) throws IOException, InterruptedException;
    }
}
