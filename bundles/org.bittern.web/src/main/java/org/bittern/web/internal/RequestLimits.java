package org.bittern.web.internal;

import java.time.Duration;

/**
 * What one request may cost, as it is configured. Immutable.
 *
 * @param headTime within which request line and headers must be there
 * @param bodyBytes of any body; 0: what each endpoint says
 */
record RequestLimits(Duration headTime, long bodyBytes) {
    private static final int MOST_HEAD_SECONDS = 3600;

    /** Two such bodies may be in the heap at a time. */
    private static final int MOST_BODY_MEBIBYTES = 256;

    /**
     * Checks the configuration.
     *
     * @throws IllegalArgumentException what is wrong and what is allowed
     */
    static RequestLimits of(WebConfig config) {
        int head = config.head_timeout_seconds();
        if (head < 1 || head > MOST_HEAD_SECONDS) {
            throw new IllegalArgumentException(
                    "head timeout " + head + ", allowed are 1 to " + MOST_HEAD_SECONDS);
        }
        int body = config.body_limit_mebibytes();
        if (body < 0 || body > MOST_BODY_MEBIBYTES) {
            throw new IllegalArgumentException(
                    "body limit " + body + ", allowed are 0 to " + MOST_BODY_MEBIBYTES);
        }
        return new RequestLimits(Duration.ofSeconds(head), (long) body << 20);
    }
}
