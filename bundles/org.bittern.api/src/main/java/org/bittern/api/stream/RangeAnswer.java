package org.bittern.api.stream;

import java.util.OptionalInt;
import java.util.OptionalLong;

/** What a brain says about a window. */
public sealed interface RangeAnswer {

    /**
     * It can be read now.
     *
     * @param end readable at least up to here, inclusive; empty: the end of the window
     */
    record Available(OptionalLong end) implements RangeAnswer {}

    /** It is on its way. */
    record Block() implements RangeAnswer {}

    /** Still on its way, and nearer than before: whoever waits may go on waiting. */
    record Progress() implements RangeAnswer {}

    /**
     * It has come.
     *
     * @param end as in {@link Available}
     */
    record Ready(OptionalLong end) implements RangeAnswer {}

    /**
     * It will not come soon.
     *
     * @param status 404, 416 or 503; empty: the I/O side decides
     * @param reason one line for a person
     */
    record Reject(OptionalInt status, String reason) implements RangeAnswer {}

    /**
     * Nobody can say any more: the brain was lost. What it granted before stays granted.
     *
     * @param reason one line for a person
     */
    record Gone(String reason) implements RangeAnswer {}
}
