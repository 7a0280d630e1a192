package org.bittern.peer.internal.mse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bittern.peer.internal.fake.Frames.hex;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Key streams of RFC 6229, and what a stream must not depend on. */
@Timeout(60)
class Rc4Test {
    @ParameterizedTest
    @CsvSource({
        "0102030405, 30abbcc7c20b01609f23ee2d5f6bb7df, ff25b58995996707e51fbdf08b34d875",
        "0102030405060708090a0b0c0d0e0f10, bdf0324e6083dcc6d3cedd3ca8c53c16, "
                + "a36a4c301ae8ac13610ccbc12256cacc",
        "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20, "
                + "7fec5bfd9f9b89ce6548309092d7e958, f3e4c0a2e02d1d01f7f0a74618af2b48",
    })
    void makesTheKeyStreamsOfRfc6229(String key, String at1024, String at4096) {
        byte[] stream = new Rc4(hex(key)).apply(new byte[4096 - 1024 + 16]);
        ByteBuffer bytes = ByteBuffer.wrap(stream);
        byte[] part = new byte[16];
        bytes.get(0, part);
        assertThat(part).isEqualTo(hex(at1024));
        bytes.get(4096 - 1024, part);
        assertThat(part).isEqualTo(hex(at4096));
    }

    @Test
    void worksInPlaceOnPartsOfDirectAndHeapBuffers() {
        Random random = new Random(7);
        byte[] plain = new byte[5_000];
        random.nextBytes(plain);
        byte[] whole = new Rc4(hex("010203")).apply(plain.clone());
        ByteBuffer direct = ByteBuffer.allocateDirect(plain.length).put(plain).flip();
        Rc4 cipher = new Rc4(hex("010203"));
        int at = 0;
        while (at < plain.length) {
            int bytes = Math.min(plain.length - at, random.nextInt(40));
            direct.limit(at + bytes).position(at);
            cipher.apply(direct);
            assertThat(direct.position()).isEqualTo(at);
            assertThat(direct.limit()).isEqualTo(at + bytes);
            at += bytes;
        }
        assertThat(direct.clear()).isEqualTo(ByteBuffer.wrap(whole));
        assertThat(new Rc4(hex("010203")).apply(whole)).isEqualTo(plain);
    }
}
