package org.bittern.utp.internal;

import java.util.concurrent.TimeUnit;

/** Lets so many through in a second. Owned by its endpoint. */
final class TokenGate {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int perSecond;
    private boolean used;
    private long began;
    private int left;

    TokenGate(int perSecond) {
        this.perSecond = perSecond;
    }

    boolean pass(long nowNanos) {
        if (!used || nowNanos - began >= SECOND) {
            used = true;
            began = nowNanos;
            left = perSecond;
        }
        return left-- > 0;
    }
}
