package org.bittern.state.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to use a session directory: a lock of the operating system on a file in it, which ends
 * with the process however that ends. The file holds the process id, for messages only. Any thread.
 */
final class SessionLock implements AutoCloseable {
    private static final int MAX_PID_CHARS = 20;

    private static final Logger log = LoggerFactory.getLogger(SessionLock.class);

    private final FileChannel channel;
    private final boolean usedBefore;

    private SessionLock(FileChannel channel, boolean usedBefore) {
        this.channel = channel;
        this.usedBefore = usedBefore;
    }

    /**
     * Takes the lock.
     *
     * @throws IOException the directory cannot be written, or the session is in use; names the
     *     directory
     */
    static SessionLock take(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            if (tryLock(channel) == null) {
                throw new IOException(
                        "session directory %s is in use by process %s"
                                .formatted(file.getParent(), owner(channel)));
            }
            boolean usedBefore = channel.size() > 0;
            channel.truncate(0);
            channel.write(ascii(Long.toString(ProcessHandle.current().pid())), 0);
            return new SessionLock(channel, usedBefore);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) { // this process has it
            return null;
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(MAX_PID_CHARS);
        channel.read(pid, 0);
        String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
        return text.matches("\\d+") ? text : "?";
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether somebody had the lock before, at any time. */
    boolean usedBefore() {
        return usedBefore;
    }

    /** Gives the lock back. The file stays: removing it would let two processes hold two locks. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            log.warn("a session lock could not be given back: {}", e.getMessage());
        }
    }
}
