package org.bittern.engine.internal;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.bittern.engine.internal.choice.RateMeter;
import org.bittern.spi.discovery.SearchSpec;

/**
 * What a torrent has moved. Written by the torrent's loop only; finders read {@link #told} on
 * threads of their own, which sees numbers as the loop last told them.
 */
final class Tally {
    private final LongAdder sessionDown;
    private final LongAdder sessionUp;
    private volatile SearchSpec.Tally told =
            new SearchSpec.Tally(0, 0, Optional.empty(), 0, 0, false, 0);
    private final RateMeter down;
    private final RateMeter up;
    private long downloaded;
    private long uploaded;
    private long downloadedBefore;
    private long uploadedBefore;
    private long corrupt;
    private long wasted;
    private int hashFailures;

    Tally(Statistics session, long nowNanos) {
        sessionDown = session.downloaded;
        sessionUp = session.uploaded;
        down = new RateMeter(nowNanos);
        up = new RateMeter(nowNanos);
    }

    /** Takes over the totals of earlier runs. */
    void restore(long downloadedEver, long uploadedEver, long corruptEver) {
        downloadedBefore = downloadedEver;
        uploadedBefore = uploadedEver;
        corrupt = corruptEver;
    }

    /** Payload came that was wanted. */
    void received(int bytes, long nowNanos) {
        down.add(bytes, nowNanos);
        downloaded += bytes;
        sessionDown.add(bytes);
    }

    /** Payload went. */
    void sent(int bytes, long nowNanos) {
        up.add(bytes, nowNanos);
        uploaded += bytes;
        sessionUp.add(bytes);
    }

    /** Payload that was not needed. */
    void wasted(int bytes) {
        wasted += bytes;
    }

    /** A piece was bad. */
    void failed(int bytes) {
        hashFailures++;
        corrupt += bytes;
    }

    long downRate(long nowNanos) {
        return down.rate(nowNanos);
    }

    long upRate(long nowNanos) {
        return up.rate(nowNanos);
    }

    long downloaded() {
        return downloaded;
    }

    long uploaded() {
        return uploaded;
    }

    long downloadedEver() {
        return downloadedBefore + downloaded;
    }

    long uploadedEver() {
        return uploadedBefore + uploaded;
    }

    long corrupt() {
        return corrupt;
    }

    long wasted() {
        return wasted;
    }

    int hashFailures() {
        return hashFailures;
    }

    /**
     * Tells finders the present numbers.
     *
     * @param left empty while the size is unknown
     * @param partialSeed incomplete, and nothing more is wanted
     */
    void tell(Optional<Long> left, int wanted, boolean partialSeed) {
        told = new SearchSpec.Tally(downloaded, uploaded, left, corrupt, wanted, partialSeed, 0);
    }

    /** What was told last. Any thread. */
    SearchSpec.Tally told() {
        return told;
    }
}
