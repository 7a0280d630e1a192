package org.bittern.transmission.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.bittern.api.engine.UrlReader;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads a file that a caller names by its URL, the engine's way. Thread-safe; blocks. */
final class UrlFetcher {
    private static final Duration ANSWER_TIME = Duration.ofSeconds(20);
    private static final Logger log = LoggerFactory.getLogger(UrlFetcher.class);

    private final Supplier<Optional<UrlReader>> reader;

    /**
     * @param reader the service, while it is there
     */
    UrlFetcher(Supplier<Optional<UrlReader>> reader) {
        this.reader = reader;
    }

    static boolean isUrl(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.startsWith("http://") || lower.startsWith("https://");
    }

    /**
     * Loads it.
     *
     * @param cookies {@code n1=v1; n2=v2}, or empty
     * @param limit most bytes
     * @param what in the text of a refusal
     */
    byte[] fetch(String url, String cookies, int limit, String what) throws RpcException {
        UrlReader way = reader.get().orElseThrow(() -> refused(what, "no network (0)"));
        try {
            return way.read(url, cookies, limit, ANSWER_TIME);
        } catch (UrlReader.Refused e) {
            throw refused(what, reason(e.status()));
        } catch (IOException e) {
            log.debug("{} was not fetched: {}", what, e.getMessage());
            throw refused(what, "no answer (0)");
        }
    }

    private static String reason(int status) {
        String word =
                switch (status) {
                    case 401 -> "Unauthorized";
                    case 403 -> "Forbidden";
                    case 404 -> "Not Found";
                    case 410 -> "Gone";
                    case 500 -> "Internal Server Error";
                    case 503 -> "Service Unavailable";
                    default -> "HTTP error";
                };
        return word + " (" + status + ")";
    }

    private static RpcException refused(String what, String why) {
        return new RpcException(RpcError.HTTP, "Couldn't fetch " + what + ": " + why);
    }
}
