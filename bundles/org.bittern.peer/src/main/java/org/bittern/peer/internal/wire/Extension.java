package org.bittern.peer.internal.wire;

import org.jspecify.annotations.Nullable;

/** Extensions that we speak (BEP 10). */
public enum Extension {
    /** BEP 11. */
    UT_PEX("ut_pex", 1),
    /** BEP 9. */
    UT_METADATA("ut_metadata", 2),
    /** BEP 21, as a message of its own. */
    UPLOAD_ONLY("upload_only", 3),
    /** BEP 55. */
    UT_HOLEPUNCH("ut_holepunch", 4),
    /** BEP 54. */
    LT_DONTHAVE("lt_donthave", 7);

    private final String wireName;
    private final int ourId;

    Extension(String wireName, int ourId) {
        this.wireName = wireName;
        this.ourId = ourId;
    }

    /** The name in the handshake. */
    public String wireName() {
        return wireName;
    }

    /** The id that we want to receive. */
    public int ourId() {
        return ourId;
    }

    static @Nullable Extension byOurId(int id) {
        for (Extension extension : values()) {
            if (extension.ourId == id) {
                return extension;
            }
        }
        return null;
    }
}
