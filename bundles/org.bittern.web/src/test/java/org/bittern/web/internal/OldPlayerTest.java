package org.bittern.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bittern.web.Access.Right;
import org.bittern.web.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of HTTP/1.0, which need not name a host. */
@Timeout(20)
class OldPlayerTest {
    private static final String TOKEN = "the-token-of-this-test";

    private final Map<String, List<String>> headers = new HashMap<>();
    private final TicketMint mint = new TicketMint(new byte[32], () -> Instant.EPOCH);
    private Rules rules = rules(Optional.empty());
    private String remote = "127.0.0.1";

    @Test
    void mediaAreForWhoNamesNoHostToo() {
        assertThat(passed("HTTP/1.0", Policy.STREAM)).isEqualTo(Right.NONE);
        headers.put("X-TT-Auth", List.of(TOKEN));
        assertThat(passed("HTTP/1.0", Policy.STREAM)).isEqualTo(Right.TOKEN);
    }

    @Test
    void nothingElseIs() {
        headers.put("X-TT-Auth", List.of(TOKEN));
        for (Policy policy : List.of(Policy.TOKEN, Policy.LOCAL, Policy.REST, Policy.PAGE)) {
            assertThat(refused("HTTP/1.0", policy)).as(policy.name()).isEqualTo(403);
        }
        assertThat(refused("HTTP/1.0", Policy.CLASSIC)).isEqualTo(421);
        assertThat(refused("HTTP/1.1", Policy.STREAM)).isEqualTo(403);
    }

    @Test
    void whoNamesAHostIsHeldToIt() {
        for (List<String> hosts :
                List.of(
                        List.of("evil.example"),
                        List.of(""),
                        List.of("localhost", "evil.example"),
                        List.of("localhost", "localhost"))) {
            headers.put("Host", hosts);
            assertThat(refused("HTTP/1.0", Policy.STREAM)).as(hosts.toString()).isEqualTo(403);
        }
        headers.put("Host", List.of("localhost"));
        assertThat(passed("HTTP/1.0", Policy.STREAM)).isEqualTo(Right.NONE);
    }

    @Test
    void allOtherChecksHold() {
        headers.put("Origin", List.of("http://"));
        assertThat(refused("HTTP/1.0", Policy.STREAM)).as("a page asks").isEqualTo(403);
        headers.clear();
        headers.put("Sec-Fetch-Site", List.of("cross-site"));
        assertThat(refused("HTTP/1.0", Policy.STREAM)).isEqualTo(403);
        headers.clear();
        headers.put("X-TT-Auth", List.of("wrong"));
        assertThat(refused("HTTP/1.0", Policy.STREAM)).isEqualTo(401);
        headers.clear();
        rules = rules(Optional.of(new Credentials("me", "secret")));
        assertThat(refused("HTTP/1.0", Policy.STREAM)).isEqualTo(401);
        remote = "192.0.2.1";
        headers.put("X-TT-Auth", List.of(TOKEN));
        assertThat(refused("HTTP/1.0", Policy.STREAM)).isEqualTo(403);
    }

    private Right passed(String protocol, Policy policy) {
        Door.Verdict verdict = judge(protocol, policy);
        assertThat(verdict).isInstanceOf(Door.Verdict.Pass.class);
        return ((Door.Verdict.Pass) verdict).access().right();
    }

    private int refused(String protocol, Policy policy) {
        Door.Verdict verdict = judge(protocol, policy);
        assertThat(verdict).as(policy.name()).isInstanceOf(Door.Verdict.Refused.class);
        return ((Door.Verdict.Refused) verdict).refusal().status();
    }

    private Door.Verdict judge(String protocol, Policy policy) {
        Lockout lockout = new Lockout(() -> Instant.EPOCH);
        Visit visit =
                new Visit(
                        "GET",
                        "/stream/film",
                        "",
                        protocol,
                        InetAddress.ofLiteral(remote),
                        InetAddress.ofLiteral("127.0.0.1"),
                        9091,
                        false,
                        name -> headers.getOrDefault(name, List.of()));
        return new Door(rules, TOKEN, "s".repeat(48), lockout, mint)
                .judge(visit, policy, "/stream/film");
    }

    private static Rules rules(Optional<Credentials> credentials) {
        return new Rules(
                false,
                credentials,
                new Addresses(true, "127.0.0.1,::1"),
                new HostNames(true, ""),
                Set.of(),
                0,
                "");
    }
}
