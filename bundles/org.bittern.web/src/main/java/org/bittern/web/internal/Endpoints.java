package org.bittern.web.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.bittern.web.Policy;
import org.bittern.web.WebEndpoint;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.servlet.whiteboard.HttpWhiteboardConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which servlet is behind a path, by the rules of the whiteboard (Servlet 6, 12.1): the exact path,
 * then the longest prefix, then the extension, then the default. Thread-safe.
 */
final class Endpoints {
    private static final Logger log = LoggerFactory.getLogger(Endpoints.class);

    private final Map<ServiceReference<?>, Entry> entries = new ConcurrentHashMap<>();
    private volatile long bodyLimit; // of all endpoints; 0: each has its own

    private record Entry(List<String> patterns, Endpoint endpoint) {}

    /**
     * Limits all bodies.
     *
     * @param bytes 0: as each endpoint says
     */
    void limitBodies(long bytes) {
        bodyLimit = bytes;
    }

    /** A servlet has come, or its properties have changed. */
    void put(ServiceReference<?> servlet) {
        List<String> patterns =
                texts(servlet.getProperty(HttpWhiteboardConstants.HTTP_WHITEBOARD_SERVLET_PATTERN));
        Optional<Policy> policy = policy(servlet.getProperty(WebEndpoint.POLICY));
        if (patterns.isEmpty()) {
            return;
        }
        if (policy.isEmpty()) {
            log.warn("servlet at {} names no policy of the door: it is not reachable", patterns);
            entries.remove(servlet);
            return;
        }
        entries.put(
                servlet,
                new Entry(
                        patterns,
                        new Endpoint(
                                policy.get(),
                                limit(servlet.getProperty(WebEndpoint.BODY_LIMIT)),
                                text(
                                        servlet,
                                        WebEndpoint.REFUSAL_TYPE,
                                        Endpoint.NONE.refusalType()),
                                text(
                                        servlet,
                                        WebEndpoint.REFUSAL_BODY,
                                        Endpoint.NONE.refusalBody()))));
    }

    void remove(ServiceReference<?> servlet) {
        entries.remove(servlet);
    }

    /** Numbers of the services that have an endpoint. */
    Set<Long> serviceIds() {
        return entries.keySet().stream()
                .map(servlet -> (Long) servlet.getProperty(Constants.SERVICE_ID))
                .collect(Collectors.toSet());
    }

    /**
     * Finds the endpoint.
     *
     * @param path decoded, from the first slash on
     */
    Optional<Endpoint> at(String path) {
        Endpoint best = null;
        int bestScore = 0;
        for (Entry entry : entries.values()) {
            for (String pattern : entry.patterns()) {
                int score = score(pattern, path);
                if (score > bestScore) {
                    bestScore = score;
                    best = entry.endpoint();
                }
            }
        }
        long limit = bodyLimit;
        return Optional.ofNullable(best).map(found -> limit == 0 ? found : found.taking(limit));
    }

    /** How well a pattern fits; 0: not at all. */
    private static int score(String pattern, String path) {
        if (pattern.isEmpty() ? path.equals("/") : pattern.equals(path)) {
            return Integer.MAX_VALUE;
        }
        if (pattern.endsWith("/*")) {
            String prefix = pattern.substring(0, pattern.length() - 2);
            boolean below = path.startsWith(prefix + "/") || path.equals(prefix);
            return below ? 3 + prefix.length() : 0;
        }
        if (pattern.startsWith("*.")) {
            return path.endsWith(pattern.substring(1)) ? 2 : 0;
        }
        return pattern.equals("/") ? 1 : 0;
    }

    private static Optional<Policy> policy(Object value) {
        for (Policy policy : Policy.values()) {
            if (policy.name().equals(String.valueOf(value))) {
                return Optional.of(policy);
            }
        }
        return Optional.empty();
    }

    private static long limit(Object value) {
        return value instanceof Number number ? number.longValue() : Endpoint.NONE.bodyLimit();
    }

    private static String text(ServiceReference<?> servlet, String key, String otherwise) {
        return servlet.getProperty(key) instanceof String text ? text : otherwise;
    }

    private static List<String> texts(Object value) {
        if (value instanceof String one) {
            return List.of(one);
        }
        List<String> texts = new ArrayList<>();
        if (value instanceof Object[] several) {
            for (Object each : several) {
                texts.add(String.valueOf(each));
            }
        }
        return texts;
    }
}
