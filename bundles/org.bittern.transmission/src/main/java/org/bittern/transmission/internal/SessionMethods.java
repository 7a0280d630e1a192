package org.bittern.transmission.internal;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bittern.api.engine.Blocklist;
import org.bittern.api.engine.Engine;
import org.bittern.api.engine.RpcSettings;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;

/** Methods about the session as a whole, but for settings and shared limits. Thread-safe. */
final class SessionMethods {
    private static final int UPDATE_SECONDS = 120;
    private static final int PORT_ANSWER_BYTES = 1024;

    private final Outside outside;

    SessionMethods(Outside outside) {
        this.outside = outside;
    }

    List<RpcMethod> methods() {
        return List.of(
                new Method("session_close", call -> RpcAnswer.NONE, outside.exit()),
                Method.of("session_stats", new SessionStats(outside.engines())::perform),
                Method.of("blocklist_update", this::updateBlocklist),
                Method.of("port_test", this::testPort));
    }

    private RpcAnswer updateBlocklist(RpcRequest request) throws RpcException {
        Blocklist blocklist =
                outside.blocklist()
                        .get()
                        .orElseThrow(() ->
                                new RpcException(RpcError.SYSTEM, "there is no block list here"));
        try {
            Blocklist.Update update =
                    blocklist.update().toCompletableFuture().get(UPDATE_SECONDS, TimeUnit.SECONDS);
            if (update.problem().isPresent()) {
                throw new RpcException(RpcError.HTTP, update.problem().get());
            }
            return RpcAnswer.of(Map.of("blocklist-size", update.rules()));
        } catch (ExecutionException | TimeoutException e) {
            throw new RpcException(RpcError.HTTP, "Couldn't fetch blocklist: no answer (0)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RpcException(RpcError.INTERNAL, "engine unavailable");
        }
    }

    private RpcAnswer testPort(RpcRequest request) throws RpcException {
        Optional<String> protocol = request.arguments().text("ip_protocol");
        if (protocol.isPresent() && !protocol.get().matches("ipv[46]")) {
            throw new RpcException(RpcError.INVALID_PARAMS, "must be one of \"ipv4\" or \"ipv6\"");
        }
        Engine engine = outside.engines().require();
        String url = engine.settings().get(RpcSettings.PORT_TEST_URL);
        if (url.isEmpty()) {
            throw new RpcException(RpcError.HTTP, "Couldn't test port: nobody to ask (0)");
        }
        byte[] told =
                new UrlFetcher(outside.urls())
                        .fetch(url + engine.status().listenPort(), "", PORT_ANSWER_BYTES, "port");
        boolean open = new String(told, StandardCharsets.UTF_8).strip().equals("1");
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("port-is-open", open);
        protocol.ifPresent(name -> answer.put("ip_protocol", name));
        return RpcAnswer.of(answer);
    }
}
