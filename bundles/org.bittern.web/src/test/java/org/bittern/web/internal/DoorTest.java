package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bittern.web.Access.Right;
import org.bittern.web.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class DoorTest {
    private static final String TOKEN = "the-token-of-this-test";
    private static final String SESSION = "s".repeat(48);
    private static final int PORT = 9091;

    private Instant now = Instant.EPOCH;
    private final TicketMint mint = new TicketMint(new byte[32], () -> now);
    private final Map<String, List<String>> headers = new HashMap<>();
    private String method = "POST";
    private String remote = "127.0.0.1";
    private String query = "";
    private Rules rules = rules(false, Optional.empty());
    private final Door door = new Door(rules, TOKEN, SESSION, new Lockout(() -> now), mint);

    DoorTest() {
        header("Host", "localhost:9091");
    }

    @Test
    void theSessionIdIsHandedOutOnceAllElseIsRight() {
        Refusal refusal = refused(Policy.CLASSIC);
        assertThat(refusal.status()).isEqualTo(409);
        assertThat(refusal.headers())
                .containsExactly(Map.entry("X-Transmission-Session-Id", SESSION));
        header("X-Transmission-Session-Id", SESSION);
        assertThat(passed(Policy.CLASSIC)).isEqualTo(Right.NONE);
        header("X-Transmission-Session-Id", "undefined");
        assertThat(refused(Policy.CLASSIC).status()).isEqualTo(409);
    }

    @Test
    void theProtocolIsToldBesideTheSessionIdWhenConfigured() {
        rules =
                new Rules(
                        false,
                        Optional.empty(),
                        rules.addresses(),
                        rules.hosts(),
                        Set.of(),
                        0,
                        "6.0.1");
        assertThat(refused(Policy.CLASSIC).headers())
                .containsEntry("X-Transmission-Rpc-Version", "6.0.1");
    }

    @Test
    void foreignHostNamesGet421FromTransmissionAnd403FromOthers() {
        for (String host :
                List.of("evil.example", "evil.example:9091", "127.0.0.1.evil", "", "a b")) {
            header("Host", host);
            header("X-Transmission-Session-Id", SESSION);
            assertThat(refused(Policy.CLASSIC).status()).as(host).isEqualTo(421);
            for (Policy policy : List.of(Policy.TOKEN, Policy.LOCAL, Policy.REST, Policy.PAGE)) {
                header("X-TT-Auth", TOKEN);
                assertThat(refused(policy).status()).as(host).isEqualTo(403);
            }
            headers.remove("x-tt-auth");
        }
        headers.remove("host");
        assertThat(refused(Policy.CLASSIC).status()).isEqualTo(421);
        assertThat(refused(Policy.PAGE).status()).isEqualTo(403);
    }

    @Test
    void aForeignHostNameIsRefusedWithTheTokenToo() {
        header("Host", "evil.example");
        header("X-TT-Auth", TOKEN);
        assertThat(refused(Policy.CLASSIC).status()).isEqualTo(421);
        assertThat(refused(Policy.STREAM).status()).isEqualTo(403);
    }

    @Test
    void localNamesAreAnsweredInAnyCaseWithOrWithoutOurPort() {
        for (String host :
                List.of(
                        "LOCALHOST",
                        "localhost:9091",
                        "127.0.0.1",
                        "127.8.9.1:9091",
                        "[::1]:9091")) {
            header("Host", host);
            assertThat(passed(Policy.REST)).as(host).isEqualTo(Right.NONE);
        }
        header("Host", "localhost:9092");
        assertThat(refused(Policy.REST).status()).isEqualTo(403);
        header("Host", "127.0.0.1:99999999");
        assertThat(refused(Policy.REST).status()).isEqualTo(403);
    }

    @Test
    void configuredHostNamesAreAnswered() {
        header("Host", "nas.home.example:443");
        rules =
                new Rules(
                        false,
                        Optional.empty(),
                        rules.addresses(),
                        new HostNames(true, "*.home.example"),
                        Set.of(),
                        0,
                        "");
        assertThat(passed(Policy.REST)).isEqualTo(Right.NONE);
        assertThat(refused(Policy.CLASSIC).status()).isEqualTo(409);
    }

    @Test
    void untrustedOriginsAreRefusedByEveryPolicyAndGetNoCorsHeader() {
        header("X-TT-Auth", TOKEN);
        for (String origin :
                List.of(
                        "http://evil.example",
                        "null",
                        "https://localhost:9091",
                        "http://localhost:3000",
                        "file://",
                        "",
                        "http://localhost:9091.evil")) {
            header("Origin", origin);
            for (Policy policy : Policy.values()) {
                Door.Verdict verdict = judge(policy, "/x");
                assertThat(verdict).as(origin + policy).isInstanceOf(Door.Verdict.Refused.class);
                assertThat(((Door.Verdict.Refused) verdict).refusal().status()).isEqualTo(403);
                assertThat(((Door.Verdict.Refused) verdict).origin()).isEmpty();
            }
        }
    }

    @Test
    void ourOwnOriginAndConfiguredOnesAreTrusted() {
        header("X-TT-Auth", TOKEN);
        header("Origin", "http://localhost:9091");
        assertThat(passed(Policy.CLASSIC)).isEqualTo(Right.TOKEN);
        header("Origin", "tauri://localhost");
        assertThat(refused(Policy.CLASSIC).status()).isEqualTo(403);
        rules =
                new Rules(
                        false,
                        Optional.empty(),
                        rules.addresses(),
                        rules.hosts(),
                        Set.of("tauri://localhost"),
                        0,
                        "");
        assertThat(passed(Policy.CLASSIC)).isEqualTo(Right.TOKEN);
    }

    @Test
    void preflightsOfTrustedOriginsAreAnsweredBeforeCredentials() {
        method = "OPTIONS";
        header("Origin", "http://localhost:9091");
        assertThat(judge(Policy.TOKEN, "/ws"))
                .isEqualTo(new Door.Verdict.Preflight(Optional.of("http://localhost:9091")));
        header("Origin", "http://evil.example");
        assertThat(refused(Policy.TOKEN).status()).isEqualTo(403);
    }

    @Test
    void callsFromOtherSitesAreRefusedButLinksToPagesWork() {
        method = "GET";
        header("Sec-Fetch-Site", "cross-site");
        assertThat(refused(Policy.REST).status()).isEqualTo(403);
        assertThat(refused(Policy.STREAM).status()).isEqualTo(403);
        assertThat(refused(Policy.CLASSIC).status()).isEqualTo(403);
        assertThat(passed(Policy.PAGE)).isEqualTo(Right.NONE);
        header("Sec-Fetch-Site", "same-origin");
        assertThat(passed(Policy.REST)).isEqualTo(Right.NONE);
    }

    @Test
    void restWithoutAPasswordLetsAnyCredentialPass() {
        header("Authorization", "Bearer wrong");
        assertThat(passed(Policy.REST)).isEqualTo(Right.NONE);
        assertThat(refused(Policy.STREAM).status()).isEqualTo(401);
    }

    @Test
    void theTokenReplacesSessionIdAndPassword() {
        rules = rules(false, Optional.of(new Credentials("me", "secret")));
        header("X-TT-Auth", TOKEN);
        assertThat(passed(Policy.CLASSIC)).isEqualTo(Right.TOKEN);
        headers.remove("x-tt-auth");
        header("Authorization", "bEARER " + TOKEN);
        assertThat(passed(Policy.CLASSIC)).isEqualTo(Right.TOKEN);
    }

    @Test
    void aWrongTokenIsNotSavedByARightPassword() {
        rules = rules(false, Optional.of(new Credentials("me", "secret")));
        header("Authorization", basic("me:secret"));
        header("X-Transmission-Session-Id", SESSION);
        assertThat(passed(Policy.CLASSIC)).isEqualTo(Right.PASSWORD);
        header("X-TT-Auth", TOKEN + "x");
        assertThat(refused(Policy.CLASSIC).status()).isEqualTo(401);
    }

    @Test
    void withAPasswordAnyHostNameIsAnsweredButNothingWithoutIt() {
        rules = rules(false, Optional.of(new Credentials("me", "secret")));
        header("Host", "nas.example");
        Refusal refusal = refused(Policy.CLASSIC);
        assertThat(refusal.status()).isEqualTo(401);
        assertThat(refusal.headers())
                .containsEntry("WWW-Authenticate", "Basic realm=\"Transmission\"");
        header("Authorization", basic("me:secret"));
        assertThat(refused(Policy.CLASSIC).status()).isEqualTo(409);
    }

    @Test
    void strictModeOpensNothingButPagesWithoutTheToken() {
        rules = rules(true, Optional.empty());
        header("X-Transmission-Session-Id", SESSION);
        for (Policy policy :
                List.of(Policy.CLASSIC, Policy.LOCAL, Policy.REST, Policy.STREAM, Policy.TOKEN)) {
            assertThat(refused(policy).status()).as(policy.name()).isEqualTo(401);
        }
        assertThat(passed(Policy.PAGE)).isEqualTo(Right.NONE);
    }

    @Test
    void webSocketsTakeTheTokenFromQueryOrProtocolAndRefuseWith403() {
        method = "GET";
        header("Upgrade", "websocket");
        assertThat(refused(Policy.TOKEN).status()).isEqualTo(403);
        query = "token=wrong";
        assertThat(refused(Policy.TOKEN).status()).isEqualTo(403);
        query = "full=1&token=" + TOKEN;
        assertThat(passed(Policy.TOKEN)).isEqualTo(Right.TOKEN);
        query = "";
        header("Sec-WebSocket-Protocol", "chat, tt." + TOKEN);
        assertThat(passed(Policy.TOKEN)).isEqualTo(Right.TOKEN);
    }

    @Test
    void aTokenInTheQueryOpensNoOrdinaryRequest() {
        method = "GET";
        query = "token=" + TOKEN;
        assertThat(refused(Policy.TOKEN).status()).isEqualTo(401);
    }

    @Test
    void aTicketOpensItsPathForItsTimeAndNoOther() {
        rules = rules(true, Optional.empty());
        query = "ticket=" + mint.issue("/stream/a b", Duration.ofHours(12));
        assertThat(judge(Policy.STREAM, "/stream/a b")).isInstanceOf(Door.Verdict.Pass.class);
        assertThat(judge(Policy.STREAM, "/stream/c")).isInstanceOf(Door.Verdict.Refused.class);
        assertThat(judge(Policy.REST, "/stream/a b")).isInstanceOf(Door.Verdict.Refused.class);
        now = now.plus(Duration.ofHours(12));
        assertThat(judge(Policy.STREAM, "/stream/a b")).isInstanceOf(Door.Verdict.Refused.class);
        for (String odd : List.of("", ".", "x.y", "9".repeat(60) + ".a", "-1.a")) {
            query = "ticket=" + odd;
            assertThat(judge(Policy.STREAM, "/stream/a b"))
                    .isInstanceOf(Door.Verdict.Refused.class);
        }
    }

    @Test
    void aTicketIsSeenWhereNoneIsNeeded() {
        query = "ticket=" + mint.issue("/stream/a", Duration.ofHours(12));
        assertThat(right("/stream/a")).isEqualTo(Right.TICKET);
        assertThat(right("/stream/b")).isEqualTo(Right.NONE);
        now = now.plus(Duration.ofHours(12));
        assertThat(right("/stream/a")).isEqualTo(Right.NONE);
    }

    private Right right(String path) {
        return ((Door.Verdict.Pass) judge(Policy.STREAM, path)).access().right();
    }

    @Test
    void addressesThatAreNotListedGet403() {
        remote = "192.168.1.5";
        header("X-TT-Auth", TOKEN);
        assertThat(refused(Policy.CLASSIC).status()).isEqualTo(403);
        rules =
                new Rules(
                        false,
                        Optional.empty(),
                        new Addresses(true, "10.*, 192.168.*.*"),
                        rules.hosts(),
                        Set.of(),
                        0,
                        "");
        assertThat(passed(Policy.CLASSIC)).isEqualTo(Right.TOKEN);
        assertThat(refused(Policy.LOCAL).status()).isEqualTo(403);
    }

    @Test
    void guessingIsSlowedDownAndForgiven() {
        header("X-TT-Auth", "guess");
        for (int i = 0; i < Lockout.FAILURES; i++) {
            assertThat(refused(Policy.TOKEN).status()).isEqualTo(401);
        }
        header("X-TT-Auth", TOKEN);
        assertThat(refused(Policy.TOKEN).status()).isEqualTo(429);
        now = now.plus(Lockout.FIRST_WAIT);
        assertThat(passed(Policy.TOKEN)).isEqualTo(Right.TOKEN);
    }

    @Test
    void theGuardOfTransmissionShutsOutAndForgets() {
        rules =
                new Rules(
                        false,
                        Optional.of(new Credentials("me", "secret")),
                        rules.addresses(),
                        rules.hosts(),
                        Set.of(),
                        3,
                        "");
        header("Authorization", basic("me:guess"));
        for (int i = 0; i < 3; i++) {
            assertThat(refused(Policy.CLASSIC).status()).isEqualTo(401);
        }
        header("Authorization", basic("me:secret"));
        assertThat(refused(Policy.CLASSIC).status()).isEqualTo(403);
        now = now.plus(Lockout.LONGEST_LOCAL_WAIT).plusSeconds(1);
        assertThat(refused(Policy.CLASSIC).status()).isEqualTo(409);
    }

    @Test
    void noRefusalQuotesWhatTheCallerShowed() {
        rules = rules(false, Optional.of(new Credentials("me", "secret")));
        query = "token=planted&ticket=planted";
        header("Authorization", basic("planted:planted"));
        header("X-TT-Auth", "planted");
        for (Policy policy : Policy.values()) {
            Refusal refusal = refused(policy);
            assertThat(refusal.toString()).doesNotContain("planted", TOKEN, "secret");
        }
    }

    private void header(String name, String value) {
        headers.put(name.toLowerCase(Locale.ROOT), List.of(value));
    }

    private static Rules rules(boolean strict, Optional<Credentials> credentials) {
        return new Rules(
                strict,
                credentials,
                new Addresses(true, "127.0.0.1,::1"),
                new HostNames(true, ""),
                Set.of(),
                0,
                "");
    }

    private Door.Verdict judge(Policy policy, String path) {
        door.adopt(rules);
        Visit visit =
                new Visit(
                        method,
                        path,
                        query,
                        "HTTP/1.1",
                        InetAddress.ofLiteral(remote),
                        InetAddress.ofLiteral("127.0.0.1"),
                        PORT,
                        false,
                        name -> headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
        return door.judge(visit, policy, path);
    }

    private Refusal refused(Policy policy) {
        Door.Verdict verdict = judge(policy, "/x");
        assertThat(verdict).as(policy.name()).isInstanceOf(Door.Verdict.Refused.class);
        return ((Door.Verdict.Refused) verdict).refusal();
    }

    private Right passed(Policy policy) {
        Door.Verdict verdict = judge(policy, "/x");
        assertThat(verdict).as(policy.name()).isInstanceOf(Door.Verdict.Pass.class);
        return ((Door.Verdict.Pass) verdict).access().right();
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
