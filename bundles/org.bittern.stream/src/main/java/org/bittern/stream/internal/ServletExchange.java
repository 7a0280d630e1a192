package org.bittern.stream.internal;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bittern.web.ClientConnection;

/** An exchange over a servlet and the connection behind it. */
final class ServletExchange implements Exchange {
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final ClientConnection connection;
    private final Map<String, List<String>> given = new LinkedHashMap<>(); // by the door

    ServletExchange(
            HttpServletRequest request, HttpServletResponse response, ClientConnection connection) {
        this.request = request;
        this.response = response;
        this.connection = connection;
        response.getHeaderNames()
                .forEach(name -> given.put(name, List.copyOf(response.getHeaders(name))));
    }

    @Override
    public List<String> headers(String name) {
        return Collections.list(request.getHeaders(name));
    }

    @Override
    public boolean isHead() {
        return request.getMethod().equals("HEAD");
    }

    @Override
    public void status(int status) {
        response.setStatus(status);
    }

    @Override
    public void header(String name, String value) {
        response.setHeader(name, value);
    }

    @Override
    public boolean committed() {
        return response.isCommitted();
    }

    @Override
    public void reset() {
        response.reset();
        given.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
    }

    @Override
    public void commit() throws IOException {
        response.flushBuffer();
    }

    @Override
    public OutputStream body() throws IOException {
        return response.getOutputStream();
    }

    @Override
    public void abort() {
        connection.abort();
    }

    @Override
    public Watch watch(Runnable gone) {
        return connection.watch(gone)::close;
    }
}
