package org.bittern.peer.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import org.bittern.peer.internal.fake.Frames;
import org.bittern.peer.internal.fake.Vectors;
import org.bittern.spi.peer.PeerMessage.ExtendedHandshake;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Recorded packets that lie outside of the project; skipped without them. */
@Timeout(60)
class PeerVectorsTest {

    @Test
    void readsARecordedExtensionHandshake() throws IOException {
        byte[] frame = Files.readAllBytes(Vectors.file("ikatson_rqbit/extended-handshake.bin"));
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        MessageDecoder decoder = new MessageDecoder(Frames.ALL, 0, List.of());
        assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
        Decoded decoded = decoder.decode(bytes.get(), bytes);
        ExtendedHandshake hello = (ExtendedHandshake) ((Decoded.Message) decoded).message();
        assertThat(hello.client()).isEqualTo("qBittorrent/4.4.0alpha1");
        assertThat(hello.extensions()).containsEntry("ut_metadata", 2).containsEntry("ut_pex", 1);
        assertThat(hello.metadataBytes()).hasValue(138_876);
    }
}
