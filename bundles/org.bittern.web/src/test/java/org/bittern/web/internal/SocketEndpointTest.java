package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bittern.web.SocketHandler;
import org.eclipse.jetty.websocket.api.Session;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SocketEndpointTest {
    private final List<String> asked = new ArrayList<>(); // of the session, in order
    private long nowNanos = Long.MAX_VALUE - 1; // the clock wraps around soon
    private final SocketEndpoint endpoint =
            new SocketEndpoint(standIn(SocketHandler.class), Map.of(), _ -> {}, () -> nowNanos);

    private <T> T standIn(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, _) -> {
                            asked.add(method.getName());
                            return null;
                        }));
    }

    @BeforeEach
    void open() {
        endpoint.onWebSocketOpen(standIn(Session.class));
        asked.clear();
    }

    @Test
    void pingsAClientUntilItIsSilentForTooLong() {
        nowNanos += SocketEndpoint.SILENCE_NANOS;
        endpoint.ping();
        nowNanos++;
        endpoint.ping();

        assertThat(asked).containsExactly("sendPing", "disconnect");
    }

    @Test
    void aPongIsASignOfLife() {
        nowNanos += SocketEndpoint.SILENCE_NANOS;
        endpoint.onWebSocketPong(ByteBuffer.allocate(0));
        nowNanos += SocketEndpoint.SILENCE_NANOS;
        endpoint.ping();

        assertThat(asked).containsExactly("sendPing");
    }

    @Test
    void cutsOffAClientThatDoesNotAnswerAClose() {
        endpoint.close(1000, "done");
        nowNanos += SocketEndpoint.CLOSE_NANOS + 1;
        endpoint.ping();

        assertThat(asked).containsExactly("close", "disconnect");
    }
}
