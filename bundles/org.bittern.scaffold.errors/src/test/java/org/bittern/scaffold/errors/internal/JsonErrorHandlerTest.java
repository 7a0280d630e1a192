package org.bittern.scaffold.errors.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.felix.http.jetty.ConnectorFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JsonErrorHandlerTest {
    private final ConnectorFactory factory = new JsonErrors();

    @Test
    void everyRefusalOfTheServerIsAnObjectOfThreeNames() throws Exception {
        Server server = new Server();
        LocalConnector connector = new LocalConnector(server);
        server.addConnector(connector);
        server.addConnector(factory.createConnector(server));
        server.start();
        try {
            String long414 = "GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n";
            assertThat(connector.getResponse("nonsense\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("Content-Type: application/json")
                    .contains("{\"ok\":false,\"error\":\"")
                    .endsWith("\",\"code\":\"InvalidRequest\"}");
            assertThat(connector.getResponse(long414))
                    .startsWith("HTTP/1.1 414 ")
                    .endsWith("\",\"code\":\"InvalidRequest\"}");
            assertThat(connector.getResponse("GET /nobody HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .startsWith("HTTP/1.1 404 ")
                    .endsWith("\",\"code\":\"NotFound\"}");
        } finally {
            server.stop();
        }
    }

    @Test
    void faultsOfTheServerAreCalledSo() {
        assertThat(JsonErrorHandler.body(500)).endsWith("\"code\":\"InternalError\"}");
        assertThat(JsonErrorHandler.body(999)).startsWith("{\"ok\":false,\"error\":\"");
    }
}
