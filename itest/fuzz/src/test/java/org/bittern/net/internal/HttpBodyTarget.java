package org.bittern.net.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Answers of web seeds and of servers with block lists: HTTP, its bodies, parts of files. */
public final class HttpBodyTarget {
    private static final int MAX_BODY_BYTES = 1 << 16;

    private HttpBodyTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        try {
            HttpBody answer = HttpBody.begin(new ByteArrayInputStream(input), MAX_BODY_BYTES);
            boolean ignored = answer.redirect().isPresent();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            answer.copyTo(body);
            if (body.size() > MAX_BODY_BYTES) {
                throw new AssertionError("a body of %d bytes".formatted(body.size()));
            }
        } catch (IOException _) {
            // refused, as it should be
        }
        try {
            HttpParts.check(
                    HttpBody.begin(new ByteArrayInputStream(input), MAX_BODY_BYTES),
                    new HttpParts.Range(16_384, 32_768));
        } catch (IOException _) {
            // refused, as it should be
        }
    }
}
