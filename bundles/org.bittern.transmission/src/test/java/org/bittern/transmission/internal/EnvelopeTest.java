package org.bittern.transmission.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.bittern.api.engine.EngineException;
import org.bittern.rpc.Problem;
import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EnvelopeTest {
    private final Rig rig = new Rig();

    @Test
    void legacyRepliesHaveArgumentsResultAndAnyTag() {
        for (String tag : List.of("0", "-7", "1099511627776", "\"5f-uuid\"", "1.5", "true")) {
            assertThat(rig.text("{\"method\":\"torrent-stop\",\"tag\":" + tag + "}"))
                    .isEqualTo("{\"arguments\":{},\"result\":\"success\",\"tag\":" + tag + "}");
        }
        assertThat(
                        rig.text(
                                "{\"arguments\":null,\"tag\":null,\"method\":\"torrent-stop\",\"x\":1}"))
                .isEqualTo("{\"arguments\":{},\"result\":\"success\"}");
    }

    @Test
    void legacyMethodsAreKnownInEverySpellingAndOthersAreNot() {
        assertThat(rig.legacy("torrent-get", "{'fields':['id']}").has("torrents")).isTrue();
        assertThat(rig.legacy("torrent_get", "{'fields':['id']}").has("torrents")).isTrue();
        assertThat(rig.refused("nope", "{}")).isEqualTo("method name not recognized");
        assertThat(rig.refused("tt-get-capabilities", "{}"))
                .isEqualTo("method name not recognized");
        assertThat(rig.ask("{'arguments':{}}").get("result").asText()).isEqualTo("no method name");
        assertThat(rig.ask("{'method':7}").get("result").asText()).isEqualTo("no method name");
    }

    @Test
    void bodiesThatAreNoRequestGetTheErrorOfJsonRpc() {
        assertThat(code("")).isEqualTo(-32700);
        assertThat(code("{")).isEqualTo(-32700);
        assertThat(code("{} {}")).isEqualTo(-32700);
        assertThat(code("nonsense")).isEqualTo(-32700);
        assertThat(code("7")).isEqualTo(-32600);
        assertThat(code("null")).isEqualTo(-32600);
        assertThat(code("'text'")).isEqualTo(-32600);
        assertThat(code("[]")).isEqualTo(-32600);
        assertThat(code("[".repeat(100_000))).isEqualTo(-32700);
        assertThat(code("{'method':" + "{'a':".repeat(5_000))).isEqualTo(-32700);
    }

    @Test
    void jsonRpcEchoesItsIdAndAnswersWithResult() {
        JsonNode reply = rig.ask("{'jsonrpc':'2.0','method':'torrent_stop','id':1.5}");
        assertThat(reply.toString()).isEqualTo("{\"jsonrpc\":\"2.0\",\"result\":{},\"id\":1.5}");
        assertThat(
                        rig.ask("{'jsonrpc':'2.0','method':'torrent_stop','id':null}")
                                .get("id")
                                .isNull())
                .isTrue();
        assertThat(rig.ask("{'jsonrpc':'2.0','method':'torrent_stop','id':'a'}").get("id").asText())
                .isEqualTo("a");
    }

    @Test
    void jsonRpcKnowsSnakeCaseOnly() {
        assertThat(code("{'jsonrpc':'2.0','method':'torrent-get','id':1}")).isEqualTo(-32601);
        assertThat(code("{'jsonrpc':'2.0','method':'torrent_get','id':1,'params':[1]}"))
                .isEqualTo(-32602);
        rig.engine.fake(1);
        JsonNode torrent =
                rig.ask(
                                "{'jsonrpc':'2.0','method':'torrent_get','id':1,"
                                        + "'params':{'fields':['rate_download','rateDownload','id']}}")
                        .at("/result/torrents/0");
        assertThat(torrent.toString()).isEqualTo("{\"rate_download\":50,\"id\":1}");
    }

    @Test
    void envelopesThatAreWrongAreInvalidRequests() {
        assertThat(code("{'jsonrpc':'1.0','method':'torrent_stop','id':1}")).isEqualTo(-32600);
        assertThat(code("{'jsonrpc':'2.0','id':1}")).isEqualTo(-32600);
        JsonNode odd = rig.ask("{'jsonrpc':'2.0','method':'torrent_stop','id':{}}");
        assertThat(odd.at("/error/code").asInt()).isEqualTo(-32600);
        assertThat(odd.get("id").isNull()).isTrue();
    }

    @Test
    void notificationsActAndAreNotAnswered() {
        FakeTorrent torrent = rig.engine.fake(1);
        assertThat(rig.text("{\"jsonrpc\":\"2.0\",\"method\":\"torrent_stop\"}")).isEmpty();
        assertThat(torrent.calls).containsExactly("stop");
        assertThat(rig.text("{\"jsonrpc\":\"2.0\",\"method\":\"nope\"}")).isEmpty();
    }

    @Test
    void batchesAreAnsweredInOrderWithoutNotifications() {
        JsonNode replies =
                rig.ask(
                        "[{'jsonrpc':'2.0','method':'torrent_stop','id':1},"
                                + "{'jsonrpc':'2.0','method':'torrent_stop'},"
                                + "{'method':'torrent-stop'},7,"
                                + "{'jsonrpc':'2.0','method':'nope','id':'b'}]");
        assertThat(replies.findValuesAsText("code")).containsExactly("-32600", "-32600", "-32601");
        assertThat(replies.size()).isEqualTo(4);
        assertThat(rig.text("[{\"jsonrpc\":\"2.0\",\"method\":\"torrent_stop\"}]")).isEmpty();
    }

    @Test
    void theProcessEndsAfterTheAnswerOfSessionClose() {
        assertThat(rig.legacy("session-close", "{}").isEmpty()).isTrue();
        assertThat(rig.exited).isTrue();
    }

    @Test
    void withoutAnEngineEveryMethodSaysSo() {
        rig.engine.running = false;
        for (String method :
                List.of("torrent-get", "session-get", "session-stats", "torrent-stop")) {
            assertThat(rig.refused(method, "{'fields':['id']}")).isEqualTo("engine unavailable");
        }
        assertThat(rig.legacy("session-close", "{}").isEmpty()).isTrue();
    }

    @Test
    void extendedMethodsNeedTheTokenAndHaveAnErrorFormOfTheirOwn() {
        rig.methods.add(new Refusing());
        assertThat(rig.text("{\"method\":\"x-y\"}")).isEqualTo("401");
        assertThat(rig.text("[{\"jsonrpc\":\"2.0\",\"method\":\"x_y\",\"id\":1}]"))
                .isEqualTo("401");
        rig.trusted = true;
        assertThat(rig.ask("{'method':'x-y','tag':3}").toString())
                .isEqualTo(
                        "{\"arguments\":{\"message\":\"path not found\",\"detail\":\"d\"},"
                                + "\"result\":\"error\",\"tag\":3}");
        assertThat(code("{'jsonrpc':'2.0','method':'x_y','id':1}")).isEqualTo(5);
    }

    @Test
    void extendedMethodsTellAnEngineThatIsMissingAndArgumentsThatItRefusesInStableWords() {
        rig.trusted = true;
        Throwing method = new Throwing();
        rig.methods.add(method);
        assertThat(rig.ask("{'method':'x-t'}").get("arguments").toString())
                .isEqualTo("{\"message\":\"engine unavailable\"}");
        method.thrown = new EngineException(EngineException.Code.INVALID_ARGUMENT, "7 is too much");
        assertThat(rig.ask("{'method':'x-t'}").get("arguments").toString())
                .isEqualTo("{\"message\":\"invalid argument\",\"detail\":\"7 is too much\"}");
        method.thrown = new IllegalStateException("a secret");
        assertThat(rig.text("{\"method\":\"x-t\"}"))
                .contains("\"result\":\"error\"")
                .contains("\"message\":\"failed\"")
                .doesNotContain("secret");
    }

    private int code(String body) {
        return rig.ask(body).at("/error/code").asInt();
    }

    private static final class Throwing implements RpcMethod {
        private RuntimeException thrown =
                new EngineException(EngineException.Code.ENGINE_NOT_RUNNING, "no engine");

        @Override
        public String name() {
            return "x_t";
        }

        @Override
        public boolean extended() {
            return true;
        }

        @Override
        public RpcAnswer perform(RpcRequest request) {
            throw thrown;
        }
    }

    private static final class Refusing implements RpcMethod {
        @Override
        public String name() {
            return "x_y";
        }

        @Override
        public boolean extended() {
            return true;
        }

        @Override
        public RpcAnswer perform(RpcRequest request) throws RpcException {
            throw Problem.PATH_NOT_FOUND.refusal("d");
        }
    }
}
