package org.bittern.stream.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.bittern.api.stream.RangeAnswer;
import org.bittern.api.stream.RangeBrain.RangeListener;
import org.bittern.api.stream.RangeRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One window of an answer, from the question to the brain's last word. Thread-safe: the brain
 * answers on its threads, one request's (virtual) thread waits. Answers out of order are logged and
 * ignored.
 */
final class Window implements RangeListener {
    private static final Logger log = LoggerFactory.getLogger(Window.class);

    private final RangeRequest request;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean blocked;
    private boolean interrupted;
    private @Nullable RangeAnswer verdict; // Available, Ready, Reject or Gone
    private long lastSign;

    Window(RangeRequest request, LongSupplier nanos) {
        this.request = request;
        this.nanos = nanos;
        lastSign = nanos.getAsLong();
    }

    RangeRequest request() {
        return request;
    }

    @Override
    public void answer(RangeAnswer answer) {
        lock.lock();
        try {
            if (!legal(answer)) {
                log.debug("{} out of order: {}", request.requestId(), answer);
                return;
            }
            lastSign = nanos.getAsLong();
            switch (answer) {
                case RangeAnswer.Block ignored -> blocked = true;
                case RangeAnswer.Progress ignored -> {}
                case RangeAnswer.Available there -> verdict = there;
                case RangeAnswer.Ready there -> verdict = there;
                case RangeAnswer.Reject no -> verdict = no;
                case RangeAnswer.Gone gone -> verdict = gone;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean legal(RangeAnswer answer) {
        if (verdict != null) {
            return false;
        }
        return switch (answer) {
            case RangeAnswer.Available ignored -> !blocked;
            case RangeAnswer.Block ignored -> !blocked;
            case RangeAnswer.Progress ignored -> blocked;
            case RangeAnswer.Ready ignored -> blocked;
            case RangeAnswer.Reject ignored -> true;
            case RangeAnswer.Gone ignored -> true;
        };
    }

    /** Ends the waiting: the client or this bundle goes. */
    void interrupt() {
        lock.lock();
        try {
            interrupted = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the brain said that not all of it is there. */
    boolean wasBlocked() {
        lock.lock();
        try {
            return blocked;
        } finally {
            lock.unlock();
        }
    }

    /** When the brain was heard of last. */
    long lastSign() {
        lock.lock();
        try {
            return lastSign;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the brain has spoken its last word, the wait was interrupted, or something came
     * that makes the caller look anew.
     *
     * @return the last word, or null
     */
    @Nullable RangeAnswer await(long mostNanos) throws InterruptedException {
        lock.lock();
        try {
            long left = mostNanos;
            while (verdict == null && !interrupted && left > 0) {
                left = changed.awaitNanos(left);
            }
            return verdict;
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #interrupt} was called. */
    boolean isInterrupted() {
        lock.lock();
        try {
            return interrupted;
        } finally {
            lock.unlock();
        }
    }

    /** So long the answer is waited for before the client is watched: most windows are there. */
    static final long BRIEF_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
}
