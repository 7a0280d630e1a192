package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import org.bittern.web.WebEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.ServiceReference;
import org.osgi.service.servlet.whiteboard.HttpWhiteboardConstants;

/** What is behind a path, and how much it takes. */
@Timeout(20)
class EndpointsTest {
    private static final long UPLOAD = 32L << 20;

    private final Endpoints endpoints = new Endpoints();

    @Test
    void bodiesHaveTheLimitOfTheirEndpointUnlessOneIsConfiguredForAll() {
        endpoints.put(
                servlet(Map.of(HttpWhiteboardConstants.HTTP_WHITEBOARD_SERVLET_PATTERN, "/a")));
        endpoints.put(
                servlet(
                        Map.of(
                                HttpWhiteboardConstants.HTTP_WHITEBOARD_SERVLET_PATTERN,
                                "/b/*",
                                WebEndpoint.BODY_LIMIT,
                                UPLOAD)));
        for (int time = 0; time < 2; time++) {
            assertThat(limit("/a")).isEqualTo(10L << 20);
            assertThat(limit("/b/c")).isEqualTo(UPLOAD);
            endpoints.limitBodies(5);
            assertThat(limit("/a")).isEqualTo(5);
            assertThat(limit("/b/c")).isEqualTo(5);
            endpoints.limitBodies(0);
        }
        assertThat(endpoints.at("/c")).isEmpty();
    }

    @Test
    void whatIsConfiguredForRequestsIsWithinBounds() {
        assertThat(RequestLimits.of(config(20, 0)))
                .isEqualTo(new RequestLimits(Duration.ofSeconds(20), 0));
        assertThat(RequestLimits.of(config(1, 256)).bodyBytes()).isEqualTo(256L << 20);
        for (int wrong : new int[] {-1, 0, 3601}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RequestLimits.of(config(wrong, 0)))
                    .withMessage("head timeout " + wrong + ", allowed are 1 to 3600");
        }
        for (int wrong : new int[] {-1, 257}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RequestLimits.of(config(20, wrong)))
                    .withMessage("body limit " + wrong + ", allowed are 0 to 256");
        }
    }

    private long limit(String path) {
        return endpoints.at(path).orElseThrow().bodyLimit();
    }

    private static WebConfig config(int headSeconds, int bodyMebibytes) {
        return fake(
                WebConfig.class,
                (_, method, _) ->
                        switch (method.getName()) {
                            case "head_timeout_seconds" -> headSeconds;
                            case "body_limit_mebibytes" -> bodyMebibytes;
                            default -> throw new UnsupportedOperationException(method.getName());
                        });
    }

    private static ServiceReference<?> servlet(Map<String, ?> properties) {
        return fake(
                ServiceReference.class,
                (_, method, arguments) ->
                        switch (method.getName()) {
                            case "getProperty" ->
                                    arguments[0].equals(WebEndpoint.POLICY)
                                            ? "REST"
                                            : properties.get((String) arguments[0]);
                            case "hashCode" -> properties.hashCode();
                            case "equals" -> false; // maps look at the identity first
                            default -> throw new UnsupportedOperationException(method.getName());
                        });
    }

    private static <T> T fake(Class<T> type, InvocationHandler calls) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }
}
