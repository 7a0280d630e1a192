package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RoutingTableTest {
    private final Random random = new Random(3);
    private final NodeId self = NodeId.of(new byte[20]);
    private final RoutingTable table = new RoutingTable(self);

    @Test
    void aFullBucketKeepsWhoLivesAndReplacesWhoDoesNot() {
        for (int i = 1; i <= 9; i++) {
            table.answered(far("127.0.0." + i), 0);
        }
        assertThat(table.contacts()).hasSize(8).noneMatch(c -> at(c, "127.0.0.9"));
        for (int i = 0; i < RoutingTable.MAX_FAILURES; i++) {
            table.failed(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.4"), 6881));
        }
        assertThat(table.contacts())
                .hasSize(8)
                .anyMatch(c -> at(c, "127.0.0.9"))
                .noneMatch(c -> at(c, "127.0.0.4"));
    }

    @Test
    void oneNetworkGetsOnePlaceInABucket() {
        table.answered(secure("8.8.8.1", 0), 0);
        for (int i = 2; i < 30; i++) {
            table.answered(secure("8.8.8." + i, 0), 0);
        }
        long far = table.contacts().stream().filter(c -> self.sharedBits(c.id()) == 0).count();
        assertThat(far).isEqualTo(1);
    }

    @Test
    void refusesIdsThatDoNotFitTheirAddress() {
        table.answered(far("9.9.9.9"), 0);
        assertThat(table.contacts()).isEmpty();
    }

    @Test
    void nobodyTakesTheIdOfALivingNode() {
        Contact first = far("127.0.0.1");
        table.answered(first, 0);
        table.answered(new Contact(first.id(), far("127.0.0.2").address()), 0);
        assertThat(table.contacts()).containsExactly(first);
    }

    private static boolean at(Contact contact, String address) {
        return contact.address().getAddress().equals(InetAddress.ofLiteral(address));
    }

    private Contact far(String address) {
        byte[] id = NodeId.random(random).bytes();
        id[0] |= (byte) 0x80;
        return new Contact(
                NodeId.of(id), new InetSocketAddress(InetAddress.ofLiteral(address), 6881));
    }

    private Contact secure(String address, int sharedBits) {
        InetAddress ip = InetAddress.ofLiteral(address);
        NodeId id = SecureId.make(ip, random);
        while (self.sharedBits(id) != sharedBits) {
            id = SecureId.make(ip, random);
        }
        return new Contact(id, new InetSocketAddress(ip, 6881));
    }
}
