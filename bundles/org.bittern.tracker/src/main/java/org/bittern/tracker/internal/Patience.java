package org.bittern.tracker.internal;

/** How long an answer is waited for. */
enum Patience {
    /** As the protocol has it. */
    FULL,
    /** Others of the tier are still to be tried. */
    BRIEF,
    /** We are leaving: within about two seconds. */
    GOODBYE
}
