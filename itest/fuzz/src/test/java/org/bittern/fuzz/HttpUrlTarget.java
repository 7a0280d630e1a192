package org.bittern.fuzz;

import java.net.MalformedURLException;
import java.nio.charset.StandardCharsets;
import org.bittern.spi.net.HttpUrl;

/**
 * URLs of web seeds and where they redirect to, one in a line: whatever is read can be asked for in
 * one line of a request.
 */
public final class HttpUrlTarget {
    private HttpUrlTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String[] lines = new String(input, StandardCharsets.UTF_8).split("\n", 2);
        try {
            HttpUrl read = checked(HttpUrl.parse(lines[0]));
            if (lines.length > 1) {
                checked(read.redirected(lines[1]));
            }
        } catch (MalformedURLException _) {
            // refused, as it should be
        }
    }

    private static HttpUrl checked(HttpUrl url) {
        boolean host = url.host().chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/');
        boolean target = url.target().chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!host || !target || !url.target().startsWith("/") || url.host().isEmpty()) {
            throw new AssertionError("read as " + url);
        }
        return url;
    }
}
