package org.bittern.disk.file.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The digests of "abc" are of FIPS 180-4's examples. */
@Timeout(10)
final class DigestsTest {
    private static final String SHA1_OF_ABC = "a9993e364706816aba3e25717850c26c9cd0d89d";
    private static final String SHA256_OF_ABC =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private static String fed(MessageDigest digest, String text) {
        digest.update(ByteBuffer.allocateDirect(text.length()).put(text.getBytes(US_ASCII)).flip());
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void hashesAsTheStandardSays() {
        assertThat(fed(Digests.sha1(), "abc")).isEqualTo(SHA1_OF_ABC);
        assertThat(fed(Digests.sha256(), "abc")).isEqualTo(SHA256_OF_ABC);
    }

    @Test
    void whatOneIsFedDoesNotReachTheOthers() {
        MessageDigest before = Digests.sha1();
        MessageDigest fed = Digests.sha1();
        fed.update("ab".getBytes(US_ASCII));
        MessageDigest after = Digests.sha1();

        assertThat(fed(before, "abc")).isEqualTo(SHA1_OF_ABC);
        assertThat(fed(after, "abc")).isEqualTo(SHA1_OF_ABC);
        assertThat(fed(fed, "c")).isEqualTo(SHA1_OF_ABC);
    }
}
