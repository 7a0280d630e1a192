package org.bittern.net.internal;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tasks on their way to a loop. Any thread adds; only the loop polls.
 *
 * <p>A linked queue whose producers meet in one atomic exchange of the tail: an exchange never
 * fails, so four busy disk threads cost each other a cache miss and not a retry. Between the
 * exchange and the write of the link the queue looks empty behind that point; {@link #isEmpty} then
 * still says false, because tail and head differ, so nobody goes to sleep over such a task. (D.
 * Vyukov, "Non-intrusive MPSC node-based queue".)
 */
final class TaskQueue {
    private final AtomicReference<Node> tail;
    private Node head;

    TaskQueue() {
        head = new Node(null, false);
        tail = new AtomicReference<>(head);
    }

    /**
     * @param counted remembered for {@link #polledCounted}
     */
    void add(Runnable task, boolean counted) {
        Node node = new Node(task, counted);
        tail.getAndSet(node).next = node;
    }

    /** Null when there is nothing, or when a producer has not finished. Loop only. */
    @Nullable Runnable poll() {
        Node next = head.next;
        if (next == null) {
            return null;
        }
        head = next;
        Runnable task = next.task;
        next.task = null; // the node stays as the new head and must not keep the task alive
        return task;
    }

    /** Whether the task of the last successful {@link #poll} was counted. Loop only. */
    boolean polledCounted() {
        return head.counted;
    }

    /** False also while a producer is in the middle of adding. Loop only. */
    boolean isEmpty() {
        return tail.get() == head;
    }

    private static final class Node {
        private @Nullable Runnable task; // null once polled
        private final boolean counted;
        private volatile @Nullable Node next; // null at the tail

        Node(@Nullable Runnable task, boolean counted) {
            this.task = task;
            this.counted = counted;
        }
    }
}
