package org.bittern.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bittern.api.engine.EngineException;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which addresses the settings mean on a machine. */
@Timeout(30)
class BindingTest {
    private static final LocalInterface LOOP =
            new LocalInterface("lo", true, addresses("127.0.0.1", "::1"));
    private static final LocalInterface HOME =
            new LocalInterface("eth0", false, addresses("192.0.2.7", "2001:db8::7", "fe80::7"));
    private static final LocalInterface TUNNEL =
            new LocalInterface("tun0", false, addresses("198.51.100.9"));
    private static final List<LocalInterface> ALL = List.of(LOOP, HOME, TUNNEL);

    private static List<InetAddress> addresses(String... literals) {
        return Stream.of(literals).map(InetAddress::ofLiteral).toList();
    }

    private static Binding bound(String name, String v4, String v6) {
        return Binding.of(settings(name, v4, v6), ALL);
    }

    private static Settings settings(String name, String v4, String v6) {
        return Settings.EMPTY
                .with(NetworkSettings.BIND_INTERFACE, name)
                .with(NetworkSettings.BIND_ADDRESS_IPV4, v4)
                .with(NetworkSettings.BIND_ADDRESS_IPV6, v6);
    }

    @Test
    void isOnEverythingByOneSocketUnlessAskedOtherwise() {
        Binding binding = Binding.of(Settings.EMPTY, ALL);
        assertThat(binding.listen()).isEqualTo(addresses("::"));
        assertThat(binding.insteadOfDual()).contains(InetAddress.ofLiteral("0.0.0.0"));
        assertThat(binding.senders()).isEmpty();
        assertThat(binding.isOpen()).isTrue();
        assertThat(binding.restless()).isFalse();
    }

    @Test
    void takesAnInterfaceByNameOrByAddressWithAllOfIt() {
        for (String name : List.of("eth0", "192.0.2.7", "2001:db8::7")) {
            Binding binding = bound(name, "0.0.0.0", "::");
            assertThat(binding.listen()).isEqualTo(addresses("192.0.2.7", "2001:db8::7"));
            assertThat(binding.senders()).isEqualTo(binding.listen());
            assertThat(binding.restless()).isTrue();
        }
    }

    @Test
    void leavesOutTheFamilyThatAnInterfaceLacks() {
        Binding binding = bound("tun0", "0.0.0.0", "::");
        assertThat(binding.isOpen()).isTrue();
        assertThat(binding.dialFrom(InetAddress.ofLiteral("203.0.113.1"))).isPresent();
        assertThat(binding.dialFrom(InetAddress.ofLiteral("2001:db8::1"))).isEmpty();
        assertThat(binding.senders()).isEqualTo(addresses("198.51.100.9"));
    }

    @Test
    void aProxyTakesPeersOfBothFamiliesFromOneAddress() {
        assertThat(bound("", "127.0.0.1", "").dialByProxy()).contains(dialled("127.0.0.1"));
        assertThat(bound("eth0", "0.0.0.0", "::").dialByProxy()).contains(dialled("192.0.2.7"));
        assertThat(bound("", "", "::1").dialByProxy()).contains(dialled("::1"));
        assertThat(bound("", "0.0.0.0", "::").dialByProxy()).contains(dialled("0.0.0.0"));
        assertThat(bound("tun1", "0.0.0.0", "::").dialByProxy()).as("shut").isEmpty();
    }

    private static InetSocketAddress dialled(String from) {
        return new InetSocketAddress(InetAddress.ofLiteral(from), 0);
    }

    @Test
    void isShutWithoutTheInterface() {
        for (Binding binding :
                List.of(
                        bound("tun1", "0.0.0.0", "::"),
                        bound("203.0.113.5", "0.0.0.0", "::"),
                        bound("tun0", "192.0.2.7", ""),
                        bound("tun0", "", "::"))) {
            assertThat(binding.isOpen()).isFalse();
            assertThat(binding.listen()).isEmpty();
            assertThat(binding.dialFrom(InetAddress.ofLiteral("203.0.113.1"))).isEmpty();
        }
    }

    @Test
    void allAddressesOfTheLoopbackNetworkAreOnItsInterface() {
        assertThat(bound("lo", "127.0.0.5", "").listen()).isEqualTo(addresses("127.0.0.5"));
    }

    @Test
    void anAddressBesideAWildcardLeavesRoomForBoth() {
        Binding binding = bound("", "192.0.2.7", "::");
        assertThat(binding.listen()).isEqualTo(addresses("192.0.2.7", "::1", "2001:db8::7"));
        assertThat(binding.restless()).isTrue();
        assertThat(bound("", "0.0.0.0", "2001:db8::7").listen())
                .isEqualTo(addresses("127.0.0.1", "192.0.2.7", "198.51.100.9", "2001:db8::7"));
    }

    @Test
    void listensOnSeveralAndDialsFromTheFirst() {
        Binding binding = bound("", "198.51.100.9, 192.0.2.7", "");
        assertThat(binding.listen()).isEqualTo(addresses("198.51.100.9", "192.0.2.7"));
        assertThat(binding.senders()).isEqualTo(addresses("198.51.100.9"));
        assertThat(binding.isOpen()).isTrue();
    }

    @Test
    void oneFamilyAloneStaysAloneInSearches() {
        assertThat(bound("", "0.0.0.0", "").senders()).isEqualTo(addresses("0.0.0.0"));
        assertThat(bound("", "", "::").senders()).isEqualTo(addresses("::"));
    }

    @Test
    void refusesWhatIsNoAddress() {
        String many =
                String.join(
                        ",", IntStream.range(1, 18).mapToObj(each -> "127.0.0." + each).toList());
        for (String wrong : List.of("host", "::1", "127.0.0.1,::1", "0.0.0.0,127.0.0.1", many)) {
            assertThatThrownBy(() -> bound("", wrong, ""))
                    .as(wrong)
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("bind-address-ipv4");
        }
    }
}
