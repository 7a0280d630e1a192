package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whiteboard answers 500 by itself for a servlet that went away before it was called. */
@Timeout(20)
class ExchangedServletTest {
    private static final String GONE = "Servlet has been unregistered";

    private final Map<String, Object> attributes = new HashMap<>();
    private final List<Integer> answers = new ArrayList<>();
    private final List<Integer> statuses = new ArrayList<>();
    private int calls;
    private @Nullable String upgrade;

    @Test
    void theNextServletIsAskedInItsPlace() throws Exception {
        call(failing(1, GONE));
        assertThat(calls).isEqualTo(2);
        assertThat(answers).isEmpty();
        assertThat(statuses).containsExactly(500, 200);
        assertThat(attributes).isEmpty();
    }

    @Test
    void aServletThatIsGoneForGoodIsAnError() throws Exception {
        call(failing(Integer.MAX_VALUE, GONE));
        assertThat(calls).isEqualTo(5);
        assertThat(answers).containsExactly(500);
    }

    @Test
    void aServletThatFailedIsNotAskedTwice() throws Exception {
        call(failing(1, "no such thing"));
        assertThat(calls).isEqualTo(1);
        assertThat(answers).containsExactly(500);
    }

    @Test
    void aWebSocketGetsTheServersOwnResponse() throws Exception {
        upgrade = "websocket";
        List<Object> given = new ArrayList<>();
        HttpServletResponse response = response();
        ExchangedServlet.call(request(), response, (request, there) -> given.add(there));
        assertThat(given).singleElement().isSameAs(response);
    }

    private void call(FilterChain chain) throws Exception {
        ExchangedServlet.call(request(), response(), chain);
    }

    /** Answers as the whiteboard does the first few times, and then as a servlet. */
    private FilterChain failing(int times, String message) {
        return (request, response) -> {
            HttpServletResponse answer = (HttpServletResponse) response;
            if (++calls > times) {
                return;
            }
            ServletException failure = new ServletException(message);
            request.setAttribute(RequestDispatcher.ERROR_EXCEPTION, failure);
            request.setAttribute(RequestDispatcher.ERROR_EXCEPTION_TYPE, failure.getClass());
            answer.setStatus(500);
            answer.sendError(500, null);
        };
    }

    private HttpServletRequest request() {
        return fake(
                HttpServletRequest.class,
                (method, arguments) ->
                        switch (method) {
                            case "getHeader" -> upgrade;
                            case "getAttribute" -> attributes.get(String.valueOf(arguments[0]));
                            case "setAttribute" ->
                                    attributes.put(String.valueOf(arguments[0]), arguments[1]);
                            case "removeAttribute" ->
                                    attributes.remove(String.valueOf(arguments[0]));
                            default -> throw new UnsupportedOperationException(method);
                        });
    }

    private HttpServletResponse response() {
        return fake(
                HttpServletResponse.class,
                (method, arguments) ->
                        switch (method) {
                            case "isCommitted" -> !answers.isEmpty();
                            case "setStatus" -> statuses.add((int) arguments[0]);
                            case "sendError" -> answers.add((int) arguments[0]);
                            case "toString" -> "response";
                            default -> throw new UnsupportedOperationException(method);
                        });
    }

    private interface Answer {
        @Nullable Object to(String method, Object[] arguments);
    }

    private static <T> T fake(Class<T> type, Answer answer) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            Object found = answer.to(method.getName(), arguments);
                            return method.getReturnType() == void.class ? null : found;
                        }));
    }
}
