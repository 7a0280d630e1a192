package org.bittern.web.internal;

import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;

/**
 * Asks again when a servlet went away between its choice and its call. The whiteboard chooses a
 * servlet, and answers 500 when that one was unregistered before it was called, although another
 * may stand in its place: nobody has seen the request then, so nothing is done twice.
 */
final class ExchangedServlet {
    private static final int MOST_CALLS = 5;
    private static final String GONE = "Servlet has been unregistered";

    private ExchangedServlet() {}

    /**
     * Goes on along the chain.
     *
     * @throws IOException of a servlet or the client
     * @throws ServletException of a servlet
     */
    static void call(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if ("websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            chain.doFilter(request, response); // a WebSocket needs the server's own response
            return;
        }
        for (int call = 1; call < MOST_CALLS; call++) {
            Attempt attempt = new Attempt(request, response);
            chain.doFilter(request, attempt);
            if (!attempt.missed) {
                return;
            }
            request.removeAttribute(RequestDispatcher.ERROR_EXCEPTION);
            request.removeAttribute(RequestDispatcher.ERROR_EXCEPTION_TYPE);
            response.setStatus(HttpServletResponse.SC_OK);
        }
        chain.doFilter(request, response);
    }

    /** Keeps the answer back that nobody gave. */
    private static final class Attempt extends HttpServletResponseWrapper {
        private final HttpServletRequest request;
        boolean missed;

        Attempt(HttpServletRequest request, HttpServletResponse response) {
            super(response);
            this.request = request;
        }

        @Override
        public void sendError(int status) throws IOException {
            if (!isMissed(status)) {
                super.sendError(status);
            }
        }

        @Override
        public void sendError(int status, String message) throws IOException {
            if (!isMissed(status)) {
                super.sendError(status, message);
            }
        }

        private boolean isMissed(int status) {
            missed =
                    status == HttpServletResponse.SC_INTERNAL_SERVER_ERROR
                            && !isCommitted()
                            && request.getAttribute(RequestDispatcher.ERROR_EXCEPTION)
                                    instanceof ServletException e
                            && GONE.equals(e.getMessage());
            return missed;
        }
    }
}
