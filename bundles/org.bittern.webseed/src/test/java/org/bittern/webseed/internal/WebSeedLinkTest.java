package org.bittern.webseed.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WebSeedLinkTest {
    @Test
    void serversAreWhereLooseUrlsSay() {
        assertThat(WebSeedLink.address(" http://my_host:81/My File.iso"))
                .isEqualTo(InetSocketAddress.createUnresolved("my_host", 81));
        assertThat(WebSeedLink.address("https://bücher.example/a[1].zip"))
                .isEqualTo(InetSocketAddress.createUnresolved("xn--bcher-kva.example", 443));
    }
}
