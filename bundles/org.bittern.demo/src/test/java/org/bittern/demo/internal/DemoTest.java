package org.bittern.demo.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.bittern.api.engine.NetworkSettings;
import org.bittern.api.engine.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class DemoTest {
    @Test
    void staysOnLoopback() {
        Settings settings = Demo.settings(Path.of("got"));

        assertThat(settings.get(NetworkSettings.BIND_ADDRESS_IPV4)).isEqualTo("127.0.0.1");
        assertThat(settings.get(NetworkSettings.BIND_ADDRESS_IPV6)).isEmpty();
        assertThat(settings.get(NetworkSettings.PORT_FORWARDING_ENABLED)).isFalse();
        assertThat(settings.get(NetworkSettings.LPD_ENABLED)).isFalse();
    }
}
