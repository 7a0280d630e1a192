package org.bittern.tracker.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Answers of HTTP trackers (BEP 3, 7, 23, 24, 31, 48), bare and with their HTTP around them. */
public final class HttpTrackerTarget {
    private static final int MAX_BODY_BYTES = 1 << 16;

    private HttpTrackerTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        read(input);
        try {
            HttpReply reply =
                    new HttpReader(new ByteArrayInputStream(input), MAX_BODY_BYTES).read();
            if (reply.body().length > MAX_BODY_BYTES) {
                throw new AssertionError("a body of %d bytes".formatted(reply.body().length));
            }
            read(reply.body());
        } catch (IOException | TrackerException _) {
            // refused, as it should be
        }
    }

    private static void read(byte[] body) {
        String ignored = AnnounceParser.announce(body).toString();
        boolean _ = AnnounceParser.scrape(body, new byte[20]).isPresent();
    }
}
