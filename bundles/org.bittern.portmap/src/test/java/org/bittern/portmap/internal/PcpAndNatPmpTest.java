package org.bittern.portmap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bittern.portmap.internal.MapMethod.Kind;
import org.bittern.portmap.internal.MapMethod.Mapped;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Byte for byte after RFC 6887 and RFC 6886, with a gateway that may lie. */
@Timeout(60)
class PcpAndNatPmpTest {
    private static final InetAddress OUTSIDE = InetAddress.ofLiteral("198.51.100.7");

    private FakeGateway gateway;
    private Pcp pcp;
    private NatPmp natPmp;

    @BeforeEach
    void start() throws IOException {
        gateway = new FakeGateway();
        GatewayExchange exchange = new GatewayExchange(gateway.address(), 2, Bound.ANY);
        pcp = new Pcp(exchange, new Random(7));
        natPmp = new NatPmp(exchange);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    /** The answer of an honest PCP server that gives another port. */
    private static byte[] pcpAnswer(byte[] question, int code, int external, int lifetime) {
        ByteBuffer out = ByteBuffer.wrap(question.clone());
        out.put(1, (byte) 0x81).put(3, (byte) code).putInt(4, lifetime).putInt(8, 1234);
        out.put(12, new byte[12]);
        out.putShort(42, (short) external);
        out.put(44, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1})
                .put(56, OUTSIDE.getAddress());
        return out.array();
    }

    @Test
    void pcpMapsAndSaysWhere() throws Exception {
        gateway.answers(question -> List.of(pcpAnswer(question, 0, 40_000, 1200)));
        assertThat(pcp.map(Kind.TCP, 51_413, 51_413))
                .isEqualTo(new Mapped(Optional.of(OUTSIDE), 40_000, 1200));
        ByteBuffer asked = ByteBuffer.wrap(gateway.asked.getFirst());
        assertThat(asked.remaining()).isEqualTo(60);
        assertThat(asked.get(0)).isEqualTo((byte) 2);
        assertThat(asked.get(1)).isEqualTo((byte) 1);
        assertThat(asked.getInt(4)).isEqualTo(3600);
        assertThat(asked.getInt(20)).isEqualTo(0x7f000001); // our address, as IPv6
        assertThat(asked.get(36)).isEqualTo((byte) 6);
        assertThat(asked.getShort(40) & 0xffff).isEqualTo(51_413);
        pcp.unmap(Kind.TCP, 51_413, 40_000);
        assertThat(ByteBuffer.wrap(gateway.asked.getLast()).getInt(4)).isZero();
    }

    @Test
    void pcpWaitsForTheAnswerToItsOwnQuestion() throws Exception {
        gateway.answers(question -> {
            byte[] stranger = pcpAnswer(question, 0, 1, 1);
            stranger[24] ^= 1; // another nonce
            byte[] other = pcpAnswer(question, 0, 2, 1);
            other[36] = 17; // another protocol
            byte[] cut = Arrays.copyOf(pcpAnswer(question, 0, 3, 1), 3);
            return List.of(stranger, other, cut, pcpAnswer(question, 0, 40_000, 99));
        });
        assertThat(pcp.map(Kind.TCP, 51_413, 51_413).port()).isEqualTo(40_000);
    }

    @Test
    void saysWhyTheGatewayRefused() {
        gateway.answers(question -> List.of(pcpAnswer(question, 2, 0, 0)));
        assertThatThrownBy(() -> pcp.map(Kind.TCP, 1000, 1000)).hasMessageContaining("code 2");
        gateway.answers(question -> List.of(new byte[] {0, (byte) 0x81, 0, 1, 0, 0, 0, 0}));
        assertThatThrownBy(() -> pcp.map(Kind.TCP, 1000, 1000))
                .hasMessageContaining("does not speak PCP");
        gateway.answers(question -> List.of(new byte[] {0, (byte) (0x80 | question[1]), 0, 3}));
        assertThatThrownBy(() -> natPmp.map(Kind.TCP, 1000, 1000)).hasMessageContaining("code 3");
    }

    @Test
    void asksAgainAndThenGivesUp() {
        assertThatThrownBy(() -> pcp.map(Kind.UDP, 1000, 1000)).hasMessageContaining("no answer");
        assertThat(gateway.asked).hasSize(2);
    }

    @Test
    void natPmpMapsBothProtocols() throws Exception {
        gateway.answers(question -> {
            if (question[1] == 0) {
                return List.of(
                        ByteBuffer.allocate(12)
                                .put((byte) 0)
                                .put((byte) 0x80)
                                .putShort((short) 0)
                                .putInt(1)
                                .put(OUTSIDE.getAddress())
                                .array());
            }
            ByteBuffer in = ByteBuffer.wrap(question);
            byte[] answer =
                    ByteBuffer.allocate(16)
                            .put((byte) 0)
                            .put((byte) (0x80 | question[1]))
                            .putShort((short) 0)
                            .putInt(1)
                            .putShort(in.getShort(4))
                            .putShort((short) (in.getShort(6) + 1))
                            .putInt(in.getInt(8) / 2)
                            .array();
            byte[] strange = answer.clone();
            strange[9] ^= 1; // another port of ours
            return List.of(strange, answer);
        });
        assertThat(natPmp.map(Kind.UDP, 6881, 6881))
                .isEqualTo(new Mapped(Optional.of(OUTSIDE), 6882, 1800));
        assertThat(gateway.asked.getLast()[1]).isEqualTo((byte) 1);
        assertThat(natPmp.map(Kind.TCP, 6881, 6881).port()).isEqualTo(6882);
        assertThat(gateway.asked.getLast()[1]).isEqualTo((byte) 2);
        assertThat(gateway.asked.getLast()).hasSize(12);
    }

    @Test
    void noiseDoesNoHarm() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        gateway.answers(question -> {
            byte[] noise = new byte[random.nextInt(1, 80)];
            random.nextBytes(noise);
            noise[0] = (byte) (random.nextBoolean() ? 2 : 3);
            return List.of(noise, noise, noise);
        });
        assertThatThrownBy(() -> pcp.map(Kind.TCP, 1000, 1000))
                .as("seed %d", seed)
                .isInstanceOf(IOException.class);
    }

    @Test
    void findsTheGatewayInTheRoutingTable() {
        List<String> table =
                List.of(
                        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT",
                        "eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
                        "eth0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0");
        assertThat(Gateways.parse(table)).contains(InetAddress.ofLiteral("10.0.2.1"));
        assertThat(Gateways.parse(table.subList(0, 2))).isEmpty();
        assertThat(Gateways.parse(List.of("x", "a b c"))).isEmpty();
    }

    @Test
    void asksNoGatewayWhereWeAreNotBoundTo() {
        List<byte[]> heard = new CopyOnWriteArrayList<>();
        gateway.answers(question -> {
            heard.add(question);
            return List.of();
        });
        Bound elsewhere = new Bound(List.of(InetAddress.ofLiteral("192.0.2.1")));
        NatPmp method = new NatPmp(new GatewayExchange(gateway.address(), 1, elsewhere));
        assertThatThrownBy(() -> method.map(Kind.TCP, 6881, 6881))
                .hasMessageContaining("not where we are bound to");
        assertThat(heard).isEmpty();
    }
}
