package org.bittern.net.internal;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.bittern.spi.net.BufferPool;
import org.bittern.spi.net.EventLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop on a selector. Its fields belong to its thread, except the two ways in: the queue
 * of tasks and the flag that says whether the thread sleeps.
 *
 * <p>One turn: wait for sockets; serve those that are ready; run tasks of other threads; fire
 * timers; run the tasks that all of these left for the end of the turn; tell the selector what
 * changed. Every step is bounded, so a flood of one kind delays the others by a turn and no more.
 */
final class SelectorLoop implements EventLoop {
    /** Tasks of other threads that run in one turn. */
    static final int TASKS_PER_TURN = 2_048;

    /** Tasks of the loop itself that run in one turn. */
    static final int OWN_TASKS_PER_TURN = 8_192;

    /** Timers that fire in one turn. */
    static final int TIMERS_PER_TURN = 2_048;

    /** A turn that took so long goes on to its next step after some more tasks. */
    private static final long LONG_TURN_NANOS = 2_000_000;

    /** Tasks between two looks at the clock. */
    private static final int TASKS_PER_LOOK = 64;

    private static final int DRAIN_ROUNDS = 64;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Logger log = LoggerFactory.getLogger(SelectorLoop.class);

    private final String name;
    private final Ticker ticker;
    private final BufferPool buffers;
    private final Selector selector;
    private final Thread thread;

    private final Inbox inbox;
    private volatile boolean stopping;
    private volatile boolean refusing;

    private final ArrayDeque<Runnable> own = new ArrayDeque<>();
    private final TimerHeap timers = new TimerHeap();
    private final ArrayList<Watched> changed = new ArrayList<>();
    private final ReadyKeys ready = new ReadyKeys();
    private long turnNanos;

    SelectorLoop(String name, Ticker ticker, BufferPool buffers) throws IOException {
        this.name = name;
        this.ticker = ticker;
        this.buffers = buffers;
        selector = Selector.open();
        inbox = new Inbox(selector);
        turnNanos = ticker.nanoTime();
        thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::turnUntilStopped);
    }

    void start() {
        thread.start();
    }

    /** The loop behind the contract. */
    static SelectorLoop of(EventLoop loop) {
        if (loop instanceof SelectorLoop own) {
            return own;
        }
        throw new IllegalArgumentException("not a loop of this transport: " + loop);
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread().equals(thread);
    }

    @Override
    public boolean post(Runnable command) {
        Objects.requireNonNull(command);
        if (inLoop()) {
            return own.size() < Inbox.MAX_POSTED && own.add(command);
        }
        return !refusing && inbox.post(command);
    }

    @Override
    public void execute(Runnable completion) {
        if (!executeIfAlive(completion)) {
            throw new RejectedExecutionException(name + " has stopped");
        }
    }

    /** As {@link #execute}, but tells by its result when the loop has stopped. */
    boolean executeIfAlive(Runnable task) {
        Objects.requireNonNull(task);
        if (inLoop()) {
            own.add(task);
            return true;
        }
        if (refusing) {
            return false;
        }
        inbox.add(task);
        return true;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        Objects.requireNonNull(task);
        if (delayNanos < 0) {
            throw new IllegalArgumentException("delay of " + delayNanos + " ns, 0 or more allowed");
        }
        boolean inLoop = inLoop();
        long now = inLoop ? turnNanos : ticker.nanoTime();
        long delay = Math.min(delayNanos, Long.MAX_VALUE >> 1); // differences must not wrap
        LoopTimer timer = new LoopTimer(this, now + delay, task);
        if (!inLoop) {
            execute(timer);
        } else if (delay == 0) {
            own.add(timer::fire);
        } else {
            timers.add(timer);
        }
        return timer;
    }

    @Override
    public long nanoTime() {
        return inLoop() ? turnNanos : ticker.nanoTime();
    }

    @Override
    public Instant now() {
        return ticker.now();
    }

    @Override
    public BufferPool buffers() {
        return buffers;
    }

    @Override
    public String toString() {
        return name;
    }

    /** Puts a timer that came from another thread into the heap. */
    void enlist(LoopTimer timer) {
        timers.add(timer);
    }

    /** Takes a cancelled timer out of the heap. */
    void forget(LoopTimer timer) {
        timers.remove(timer);
    }

    /** True once {@link #close} was called. */
    boolean isStopping() {
        return stopping;
    }

    /** Timers that wait. */
    int pendingTimers() {
        return timers.size();
    }

    /**
     * Watches a channel, at first for nothing. A key of this channel that was cancelled in this
     * turn is flushed first: the selector would refuse the new one.
     */
    SelectionKey register(SelectableChannel channel, Watched watched) throws IOException {
        assertOwner();
        SelectionKey old = channel.keyFor(selector);
        if (old != null && !old.isValid()) {
            flushCancelled();
        }
        return channel.register(selector, 0, watched);
    }

    /** Really closes the channels whose keys were cancelled in this turn. */
    void flushCancelled() throws IOException {
        assertOwner();
        selector.selectNow(key -> {}); // what is ready stays ready and is seen by the next turn
    }

    /** Asks for {@link Watched#applyInterest} at the end of the turn. */
    void interestChanged(Watched watched) {
        changed.add(watched);
    }

    /** Begins to stop; {@link #close} waits for the end. */
    void stopSoon() {
        stopping = true;
        selector.wakeup();
    }

    /**
     * Stops: tasks that wait are run, everything that is watched fails, the thread ends.
     * Idempotent.
     *
     * @param patience after it the thread is interrupted; after it again this returns anyway
     */
    void close(Duration patience) {
        stopSoon();
        if (inLoop() || !thread.isAlive()) {
            return;
        }
        try {
            if (thread.join(patience)) {
                return;
            }
            thread.interrupt();
            if (!thread.join(patience)) {
                log.warn("{} did not stop: a task blocks it", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The one handler of unexpected failures: logged once, the loop goes on. */
    void fault(Throwable unexpected) {
        if (stopping && unexpected instanceof RejectedExecutionException) {
            log.debug("{}: {}", name, unexpected.toString()); // another loop has ended before
            return;
        }
        log.error("{}: unexpected failure", name, unexpected);
    }

    private void turnUntilStopped() {
        while (!stopping) {
            try {
                select();
            } catch (IOException e) {
                fault(e);
            }
            turnNanos = ticker.nanoTime();
            serveReady();
            runTasks(TASKS_PER_TURN);
            fireTimers();
            runOwn(OWN_TASKS_PER_TURN);
            applyInterests();
        }
        shutDown();
    }

    private void select() throws IOException {
        if (!own.isEmpty() || !inbox.isEmpty()) {
            selector.selectNow(ready);
            return;
        }
        inbox.announceSleep();
        try {
            long nanos =
                    inbox.isEmpty() && !stopping ? timers.nanosUntilNext(ticker.nanoTime()) : 0;
            if (nanos == 0) {
                selector.selectNow(ready);
            } else if (nanos == Long.MAX_VALUE) {
                selector.select(ready);
            } else {
                // The kernel waits in milliseconds: rounded up, or the last one would be spun away.
                selector.select(ready, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
            }
        } finally {
            inbox.awake();
        }
    }

    private void serveReady() {
        for (int i = 0; i < ready.count(); i++) {
            SelectionKey key = ready.take(i);
            if (key != null && key.attachment() instanceof Watched watched) {
                serve(watched, key.readyOps());
            }
        }
        ready.clear();
    }

    private void serve(Watched watched, int readyOps) {
        try {
            watched.ready(readyOps);
        } catch (Throwable unexpected) { // the loop has others to serve, and goes on
            fault(unexpected);
            run(() -> watched.failed(new IOException("handler failed", unexpected)));
        }
    }

    private int runTasks(int most) {
        int done = 0;
        while (done < most) {
            Runnable task = inbox.poll();
            if (task == null) {
                break;
            }
            run(task);
            if (++done % TASKS_PER_LOOK == 0 && turnIsLong()) {
                break;
            }
        }
        inbox.freePlaces();
        return done;
    }

    private void fireTimers() {
        for (int i = 0; i < TIMERS_PER_TURN; i++) {
            LoopTimer timer = timers.pollDue(turnNanos);
            if (timer == null) {
                return;
            }
            run(timer::fire);
        }
    }

    private int runOwn(int most) {
        int done = 0;
        while (done < most) {
            Runnable task = own.poll();
            if (task == null) {
                break;
            }
            run(task);
            if (++done % TASKS_PER_LOOK == 0 && turnIsLong()) {
                break;
            }
        }
        return done;
    }

    private boolean turnIsLong() {
        return !refusing && ticker.nanoTime() - turnNanos > LONG_TURN_NANOS;
    }

    private void applyInterests() {
        // By index: a handler of a failing one may add another.
        for (int i = 0; i < changed.size(); i++) {
            Watched watched = changed.get(i);
            run(() -> watched.applyInterest(this));
        }
        changed.clear();
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable unexpected) { // the loop has others to serve, and goes on
            fault(unexpected);
        }
    }

    private void shutDown() {
        refusing = true;
        drain();
        IOException reason = new IOException(name + " stops");
        for (SelectionKey key : List.copyOf(selector.keys())) {
            if (key.isValid() && key.attachment() instanceof Watched watched) {
                run(() -> watched.failed(reason));
            }
        }
        drain();
        try {
            selector.close();
        } catch (IOException e) {
            log.debug("{}: {}", name, e.toString());
        }
    }

    /** Tasks may queue tasks; some rounds are enough for an orderly end, and it does end. */
    private void drain() {
        for (int round = 0; round < DRAIN_ROUNDS; round++) {
            if (runTasks(TASKS_PER_TURN) + runOwn(OWN_TASKS_PER_TURN) == 0) {
                return;
            }
        }
    }
}
