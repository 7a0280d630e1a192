package org.bittern.peer.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bittern.peer.internal.fake.Frames;
import org.bittern.peer.internal.fake.Vectors;
import org.bittern.spi.peer.PeerMessage.ExtendedHandshake;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames as other programs send them. */
@Timeout(60)
class PeerVectorsTest {

    /** Written down by BEP 10, with what programs add to it. */
    @Test
    void readsAnExtensionHandshakeWithMoreInItThanWeKnow() {
        String hello =
                "d8:completei1e1:ei1e1:md11:lt_donthavei7e11:ut_metadatai3e6:ut_pexi1e"
                        + "10:ut_unknowni9ee13:metadata_sizei31235e1:pi6881e4:reqqi500e"
                        + "1:v11:Other 1.2.36:yourip4:\u00c0\u0000\u0002\u0001e";
        byte[] payload = hello.getBytes(StandardCharsets.ISO_8859_1);
        byte[] frame =
                ByteBuffer.allocate(Integer.BYTES + 2 + payload.length)
                        .putInt(2 + payload.length)
                        .put((byte) 20)
                        .put((byte) 0)
                        .put(payload)
                        .array();
        ExtendedHandshake read = read(frame);
        assertThat(read.client()).isEqualTo("Other 1.2.3");
        assertThat(read.extensions())
                .containsEntry("ut_metadata", 3)
                .containsEntry("ut_pex", 1)
                .containsEntry("lt_donthave", 7);
        assertThat(read.metadataBytes()).hasValue(31_235);
        assertThat(read.listenPort()).hasValue(6_881);
        assertThat(read.requestQueue()).hasValue(500);
    }

    /** Caught on the wire, where the vectors of other projects are at hand. */
    @Test
    void readsTheExtensionHandshakeOfQBittorrent() throws IOException {
        Optional<Path> caught = Vectors.others("ikatson_rqbit/extended-handshake.bin");
        if (caught.isPresent()) {
            ExtendedHandshake hello = read(Files.readAllBytes(caught.get()));
            assertThat(hello.client()).isEqualTo("qBittorrent/4.4.0alpha1");
            assertThat(hello.extensions())
                    .containsEntry("ut_metadata", 2)
                    .containsEntry("ut_pex", 1);
            assertThat(hello.metadataBytes()).hasValue(138_876);
        }
    }

    private static ExtendedHandshake read(byte[] frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        MessageDecoder decoder = new MessageDecoder(Frames.ALL, 0, List.of());
        assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
        Decoded decoded = decoder.decode(bytes.get(), bytes);
        return (ExtendedHandshake) ((Decoded.Message) decoded).message();
    }
}
