package org.bittern.net.internal;

import java.io.IOException;

/** Something registered with a loop's selector: the attachment of its key. Called on the loop. */
interface Watched {
    /**
     * The selector found it ready.
     *
     * @param readyOps what {@link java.nio.channels.SelectionKey} calls ready
     */
    void ready(int readyOps);

    /** The code behind {@link #ready} threw: let go of the channel, tell whom it belongs to. */
    void failed(IOException reason);

    /**
     * Hands the wanted interest to the selector; called at the end of a turn in which {@link
     * SelectorLoop#interestChanged} was.
     *
     * @param caller may no longer be the owner
     */
    default void applyInterest(SelectorLoop caller) {
        throw new IllegalStateException("this never asked for it");
    }
}
