package org.bittern.transmission.internal;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;

/** Loads a file that a caller names by its URL. Thread-safe; blocks. */
final class UrlFetcher {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
    private static final int ANSWER_SECONDS = 20;
    private static final int OK = 200;

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
        HttpClient client =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .build();
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
            if (!cookies.isEmpty()) {
                request.header("Cookie", cookies);
            }
            HttpResponse<byte[]> answer =
                    client.sendAsync(
                                    request.build(),
                                    BodyHandlers.limiting(BodyHandlers.ofByteArray(), limit))
                            .get(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (answer.statusCode() != OK) {
                throw refused(what, reason(answer.statusCode()));
            }
            return answer.body();
        } catch (IllegalArgumentException e) {
            throw refused(what, "not a URL");
        } catch (ExecutionException | TimeoutException e) {
            throw refused(what, "no answer (0)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused(what, "interrupted");
        } finally {
            client.shutdownNow();
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
