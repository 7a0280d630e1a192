package org.bittern.engine.internal.choice;

/** A connected peer as the choker sees it. Told apart by {@code equals}, which is identity. */
public interface ChokeView {
    /** Whether it wants something of us. */
    boolean interested();

    /** Whether we do not choke it now. */
    boolean unchoked();

    /** Whether it has not sent a block for too long although we asked. */
    boolean snubbed();

    /** Payload bytes per second that it sends us. */
    long downloadRate();

    /** Payload bytes per second that we send it. */
    long uploadRate();

    /** Payload bytes that we sent it since it was unchoked. */
    long uploadedSinceUnchoke();

    /** When it was unchoked, or was last; when it connected if it never was. */
    long unchokedNanos();

    /** When it connected. */
    long connectedNanos();
}
