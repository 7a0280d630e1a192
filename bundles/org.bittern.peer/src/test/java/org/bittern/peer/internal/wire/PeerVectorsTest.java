package org.bittern.peer.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bittern.peer.internal.fake.Frames;
import org.bittern.spi.peer.PeerMessage.ExtendedHandshake;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Recorded packets that lie outside of the project; skipped without them. */
@Timeout(20)
class PeerVectorsTest {

    /** {@code BITTERN_VECTORS}, or {@code ../shared/vectors} beside a directory above. */
    static Path vectors() {
        Optional<Path> named = Optional.ofNullable(System.getenv("BITTERN_VECTORS")).map(Path::of);
        Path at = Path.of("").toAbsolutePath();
        while (named.isEmpty() && at != null) {
            named = Optional.of(at.resolve("shared/vectors")).filter(Files::isDirectory);
            at = at.getParent();
        }
        assumeTrue(named.isPresent(), "skipped: no ../shared/vectors and no BITTERN_VECTORS");
        return named.orElseThrow();
    }

    @Test
    void readsARecordedExtensionHandshake() throws IOException {
        byte[] frame =
                Files.readAllBytes(vectors().resolve("ikatson_rqbit/extended-handshake.bin"));
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
