package org.bittern.disk.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.bittern.spi.disk.DiskResult;
import org.bittern.spi.net.PooledBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The operations on one piece, done in the order in which they were asked for, by one disk thread
 * at a time. Blocks wait for neighbours, so that a turn takes {@link #BATCH_BYTES} where possible;
 * they wait {@link Device#AGE_NANOS} at most, not at all when something else than a block comes or
 * much memory is waiting. While its bytes are in memory (and just came from the socket) a block is
 * hashed, then written; blocks that overtook others wait for them as long as age and {@link
 * #HELD_BYTES} allow, since they would have to be read back for the SHA-1 otherwise.
 *
 * <p>The loop adds operations; the lock guards what both sides touch, for moments. {@link
 * #operations} belongs to the loop, what is not marked to the disk thread that runs the lane.
 */
final class PieceLane implements Device.Aging {
    /** Bytes worth a turn of a disk thread; measured in decision 0001. */
    static final int BATCH_BYTES = 256 << 10;

    /** Bytes of blocks out of order that are held back at most. */
    static final int HELD_BYTES = 2 << 20;

    /** What a lane does. */
    sealed interface Operation {}

    /** A block. */
    record Block(int begin, PooledBuffer data, int length, Consumer<DiskResult<Void>> done)
            implements Operation {}

    /** Anything else; runs on a disk thread when all blocks before it are written. */
    @FunctionalInterface
    non-sealed interface Task extends Operation {
        void run(PieceLane lane, Completions completions);
    }

    final int piece;

    /** Operations without an answer yet; the loop's. */
    int operations;

    private final TorrentDisk disk;
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock.
    private final Deque<Operation> inbox = new ArrayDeque<>();
    private int freshBytes; // of blocks in the inbox
    private int tasks; // in the inbox
    private boolean scheduled;
    private boolean aging;
    private boolean flushAll;
    private boolean holding; // blocks were held back by the last run
    private long oldestNanos; // arrival of the oldest block that is not written

    private final TreeMap<Integer, Block> held = new TreeMap<>();
    private final Set<Integer> failed = new HashSet<>();
    private DiskResult.@Nullable Failed<?> failure; // of a block that was not written since
    private int heldBytes;
    private final PieceHasher hasher;

    PieceLane(TorrentDisk disk, int piece) {
        this.disk = disk;
        this.piece = piece;
        hasher = new PieceHasher(disk.metainfo(), piece);
    }

    /** Adds a block. On the loop. */
    void add(Block block) {
        disk.waiting().add(block.length);
        boolean run = false;
        boolean wait = false;
        lock.lock();
        try {
            inbox.add(block);
            if (freshBytes == 0 && !holding) {
                oldestNanos = disk.nanos().getAsLong();
            }
            freshBytes += block.length;
            if (!scheduled && (freshBytes >= BATCH_BYTES || disk.pressed())) {
                scheduled = run = true;
            } else if (!scheduled && !aging) {
                aging = wait = true;
            }
        } finally {
            lock.unlock();
        }
        if (run) {
            disk.route().submit(this::run);
        } else if (wait) {
            disk.route().age(this);
        }
    }

    /** Adds something else, which is not made to wait. On the loop. */
    void add(Task task) {
        boolean run = false;
        lock.lock();
        try {
            inbox.add(task);
            tasks++;
            if (!scheduled) {
                scheduled = run = true;
            }
        } finally {
            lock.unlock();
        }
        if (run) {
            disk.route().submit(this::run);
        }
    }

    @Override
    public void aged(boolean last) {
        boolean again;
        lock.lock();
        try {
            aging = false;
            if (scheduled || (freshBytes == 0 && !holding)) {
                return;
            }
            again = !last && oldestNanos + Device.AGE_NANOS - disk.nanos().getAsLong() > 0;
            if (again) {
                aging = true;
            } else {
                scheduled = flushAll = true;
            }
        } finally {
            lock.unlock();
        }
        if (again) {
            disk.route().age(this);
        } else {
            run();
        }
    }

    private void run() {
        Completions completions = new Completions(disk.loop());
        boolean more = true;
        while (more) {
            List<Operation> turn;
            boolean all;
            lock.lock();
            try {
                turn = new ArrayList<>(inbox);
                inbox.clear();
                freshBytes = 0;
                tasks = 0;
                all = flushAll || disk.pressed();
                flushAll = false;
            } finally {
                lock.unlock();
            }
            for (Operation operation : turn) {
                take(operation, completions);
            }
            flush(all || heldBytes >= HELD_BYTES, completions);
            completions.post();
            more = !rest();
        }
    }

    /** Ends this run unless something came that does not wait. */
    private boolean rest() {
        boolean wait = false;
        lock.lock();
        try {
            if (tasks > 0 || freshBytes >= BATCH_BYTES) {
                return false;
            }
            scheduled = false;
            holding = !held.isEmpty();
            if ((holding || freshBytes > 0) && !aging) {
                aging = wait = true;
            }
        } finally {
            lock.unlock();
        }
        if (wait) {
            disk.route().age(this);
        }
        return true;
    }

    private void take(Operation operation, Completions completions) {
        switch (operation) {
            case Block block -> {
                if (overlaps(block)) {
                    flush(true, completions);
                }
                held.put(block.begin, block);
                heldBytes += block.length;
            }
            case Task task -> {
                flush(true, completions);
                task.run(this, completions);
            }
        }
    }

    private boolean overlaps(Block block) {
        Map.Entry<Integer, Block> before = held.lowerEntry(block.begin + block.length);
        return before != null && before.getKey() + before.getValue().length > block.begin;
    }

    /** Writes all blocks, or only those that make a full batch and are next for the hash. */
    private void flush(boolean all, Completions completions) {
        List<Block> run = new ArrayList<>();
        int end = -1;
        int bytes = 0;
        for (Block block : List.copyOf(held.values())) {
            if (block.begin != end || bytes >= BATCH_BYTES) {
                writeIfDue(run, bytes, all, completions);
                run.clear();
                bytes = 0;
            }
            run.add(block);
            bytes += block.length;
            end = block.begin + block.length;
        }
        writeIfDue(run, bytes, all, completions);
    }

    private void writeIfDue(List<Block> run, int bytes, boolean all, Completions completions) {
        if (run.isEmpty()) {
            return;
        }
        boolean next = hasher.cursor() >= run.getFirst().begin;
        if (all || (next && bytes >= BATCH_BYTES)) {
            run.forEach(block -> held.remove(block.begin));
            heldBytes -= bytes;
            write(run, bytes, completions);
        }
    }

    private void write(List<Block> run, int bytes, Completions completions) {
        ByteBuffer[] buffers = new ByteBuffer[run.size()];
        for (int i = 0; i < buffers.length; i++) {
            Block block = run.get(i);
            buffers[i] = block.data.bytes();
            hasher.feed(block.begin, buffers[i]);
        }
        DiskResult<Void> result = Results.DONE;
        try {
            disk.files().write(piece, run.getFirst().begin, buffers);
        } catch (IOException e) {
            result = Results.failed(e, disk.layout().volume, disk.layout().directory());
        } catch (RuntimeException e) {
            result = Results.fault(e);
        }
        for (int i = 0; i < buffers.length; i++) {
            finish(run.get(i), !buffers[i].hasRemaining(), result, completions);
        }
        disk.waiting().remove(bytes);
    }

    private void finish(
            Block block, boolean written, DiskResult<Void> result, Completions completions) {
        if (written) {
            failed.remove(block.begin);
            completions.add(() -> block.done.accept(Results.DONE));
        } else if (result instanceof DiskResult.Failed<Void> failure) {
            // The hash has taken bytes that are not in the file.
            hasher.reset();
            failed.add(block.begin);
            this.failure = failure;
            completions.add(() -> block.done.accept(failure));
        }
        block.data.release();
    }

    /** Judges the piece. As a {@link Task}. */
    DiskResult<Boolean> verify() {
        if (!failed.isEmpty() && failure != null) {
            return Results.as(failure);
        }
        if (!hasher.canJudge()) {
            return new DiskResult.Failed<>(
                    DiskResult.Kind.IO,
                    "piece %d cannot be checked: its piece layer is not known".formatted(piece));
        }
        try {
            boolean good = hasher.matches(disk.files(), disk.scratch().get());
            disk.files().judged(piece, good);
            return new DiskResult.Ok<>(good);
        } catch (IOException e) {
            hasher.reset();
            return Results.failed(e);
        }
    }
}
