package org.bittern.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.bittern.spi.net.AddressScope;
import org.bittern.tracker.internal.Routes.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class RoutesTest {
    private static final Binding ANY = new Binding(List.of());
    private final Routes routes = new Routes(address -> address.getHostAddress().equals("6.6.6.6"));

    private static List<InetAddress> addresses(String... literals) {
        return Arrays.stream(literals).map(InetAddress::ofLiteral).toList();
    }

    private static TrackerUrl url() throws TrackerException {
        return TrackerUrl.parse("http://t.example/announce");
    }

    @ParameterizedTest
    @CsvSource({
        "8.8.8.8, PUBLIC",
        "10.1.2.3, PRIVATE",
        "172.16.0.1, PRIVATE",
        "172.32.0.1, PUBLIC",
        "192.168.9.9, PRIVATE",
        "169.254.1.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "100.128.0.1, PUBLIC",
        "127.0.0.1, LOOPBACK",
        "127.9.9.9, LOOPBACK",
        "0.0.0.0, NONE",
        "0.1.2.3, NONE",
        "224.0.0.1, NONE",
        "255.255.255.255, NONE",
        "240.0.0.1, NONE",
        "::1, LOOPBACK",
        "::, NONE",
        "fe80::1, PRIVATE",
        "fd00::1, PRIVATE",
        "ff02::1, NONE",
        "2001:db8::1, PUBLIC",
        "::ffff:127.0.0.1, LOOPBACK",
        "::ffff:10.0.0.1, PRIVATE"
    })
    void knowsHowFarAnAddressReaches(String literal, AddressScope scope) {
        assertThat(AddressScope.of(InetAddress.ofLiteral(literal))).isEqualTo(scope);
    }

    @ParameterizedTest
    @CsvSource({
        "PUBLIC, 8.8.8.8, true", "PUBLIC, 10.0.0.1, false", "PUBLIC, 127.0.0.1, false",
        "PUBLIC, ::1, false", "PUBLIC, ::ffff:127.0.0.1, false", "PRIVATE, 10.0.0.1, true",
        "PRIVATE, 8.8.8.8, true", "PRIVATE, 127.0.0.1, false", "LOOPBACK, 127.0.0.1, true",
        "LOOPBACK, 10.0.0.1, true", "LOOPBACK, 224.0.0.1, false"
    })
    void neverFollowsARedirectInwards(AddressScope from, String to, boolean allowed)
            throws TrackerException {
        Origin origin = new Origin.Redirected(from);
        if (allowed) {
            assertThat(routes.allowed(url(), addresses(to), ANY, origin)).hasSize(1);
        } else {
            assertThatThrownBy(() -> routes.allowed(url(), addresses(to), ANY, origin))
                    .isInstanceOf(TrackerException.class);
        }
    }

    @Test
    void takesOnlyTheAddressesThatAreAllowed() throws TrackerException {
        assertThat(
                        routes.allowed(
                                url(),
                                addresses("6.6.6.6", "2001:db8::1", "224.0.0.1", "8.8.8.8"),
                                ANY,
                                new Origin.Named()))
                .isEqualTo(addresses("8.8.8.8", "2001:db8::1"));
        assertThatThrownBy(
                        () -> routes.allowed(url(), addresses("6.6.6.6"), ANY, new Origin.Named()))
                .hasMessage("address is blocked");
    }

    @Test
    void triesAFewAddressesOfAFamily() throws TrackerException {
        assertThat(
                        routes.allowed(
                                url(),
                                addresses("8.8.8.1", "8.8.8.2", "8.8.8.3", "8.8.8.4", "8.8.8.5"),
                                ANY,
                                new Origin.Named()))
                .hasSize(3);
    }

    @Test
    void keepsToTheFamiliesThatItIsBoundTo() throws TrackerException {
        Binding bound = new Binding(addresses("10.0.0.5"));
        assertThat(
                        routes.allowed(
                                url(),
                                addresses("2001:db8::1", "8.8.8.8"),
                                bound,
                                new Origin.Named()))
                .isEqualTo(addresses("8.8.8.8"));
        assertThat(bound.local(InetAddress.ofLiteral("8.8.8.8")))
                .hasValue(InetAddress.ofLiteral("10.0.0.5"));
    }
}
