package org.bittern.tracker.internal;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * URLs of trackers and where they redirect to, one in a line: whatever is read can be asked for in
 * one line of a request, is read the same again, and no other server hears a password.
 */
public final class TrackerUrlTarget {
    private static final int MAX_PORT = 65_535;
    private static final int MOST_REDIRECTS = 3;

    /** What is shorter when it is written can be read again: 4096 characters are allowed. */
    private static final int READABLE_CHARS = 3_000;

    private TrackerUrlTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String[] lines = new String(input, StandardCharsets.UTF_8).split("\n", 1 + MOST_REDIRECTS);
        try {
            TrackerUrl at = checked(TrackerUrl.parse(lines[0]));
            for (int i = 1; i < lines.length; i++) {
                TrackerUrl next = checked(at.redirected(lines[i]));
                checkUser(at, next);
                if (!next.scheme().isHttp()) {
                    throw new AssertionError("redirected to " + next);
                }
                at = next;
            }
        } catch (TrackerException _) {
            // refused, as it should be
        }
    }

    private static TrackerUrl checked(TrackerUrl url) throws TrackerException {
        boolean host = url.host().chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/');
        boolean port = url.port() > 0 && url.port() <= MAX_PORT;
        if (!host || url.host().isEmpty() || !port || !url.path().startsWith("/")) {
            throw new AssertionError("read as " + url);
        }
        checkTarget(url.target());
        checkTarget(url.targetWith("info_hash=x"));
        Optional<TrackerUrl> scrape = url.scrape();
        if (scrape.isPresent()) {
            checkTarget(scrape.get().target());
            checkUser(url, scrape.get());
        }
        checkSame(url);
        return url;
    }

    private static void checkTarget(String target) {
        if (!target.startsWith("/") || !target.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new AssertionError("the target is " + target);
        }
    }

    /** Escaping makes a URL longer, so that some are too long then. */
    private static void checkSame(TrackerUrl url) {
        String scheme = url.scheme().name().toLowerCase(Locale.ROOT);
        try {
            TrackerUrl again = TrackerUrl.parse(scheme + "://" + url.authority() + url.target());
            boolean same =
                    again.scheme() == url.scheme()
                            && again.host().equals(url.host())
                            && again.port() == url.port()
                            && again.target().equals(url.target());
            if (!same) {
                throw new AssertionError("%s%s is read as %s".formatted(url, url.target(), again));
            }
        } catch (TrackerException e) {
            if (url.target().length() < READABLE_CHARS) {
                throw new AssertionError("%s%s is refused".formatted(url, url.target()), e);
            }
        }
    }

    private static void checkUser(TrackerUrl from, TrackerUrl to) {
        boolean same =
                from.scheme() == to.scheme()
                        && from.host().equals(to.host())
                        && from.port() == to.port();
        if (!to.userInfo().equals(same ? from.userInfo() : "")) {
            throw new AssertionError("the password of %s goes to %s".formatted(from, to));
        }
    }
}
