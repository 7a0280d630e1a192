package org.bittern.disk.file.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reserves disk space with Linux's {@code fallocate(2)}, which takes no time and writes nothing.
 * Java has no way to it, so the C library is called; where that is not possible the caller writes
 * zeros. Stateless; any thread; blocks.
 */
final class NativeReserve {
    private static final int O_RDWR = 2;
    private static final int O_NOFOLLOW = 0x2_0000;
    private static final int O_CLOEXEC = 0x8_0000;
    private static final int ENOSPC = 28;
    private static final int EDQUOT = 122;
    private static final int EFBIG = 27;
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final @Nullable Calls CALLS = calls();

    private record Calls(MethodHandle open, MethodHandle fallocate, MethodHandle close) {}

    private NativeReserve() {}

    // O_NOFOLLOW is another number on ARM, and off_t is 32 bits wide on 32-bit systems.
    @SuppressWarnings("restricted")
    private static @Nullable Calls calls() {
        if (!System.getProperty("os.name", "").equals("Linux")
                || !System.getProperty("os.arch", "").equals("amd64")
                || !NativeReserve.class.getModule().isNativeAccessEnabled()) {
            return null;
        }
        Linker linker = Linker.nativeLinker();
        Linker.Option errno = Linker.Option.captureCallState("errno");
        return new Calls(
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("open"),
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                        errno,
                        Linker.Option.firstVariadicArg(2)),
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("fallocate"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                        errno),
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("close"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT)));
    }

    /**
     * Reserves the first bytes of an existing file and makes it that long.
     *
     * @return false when this system or file system cannot do it
     * @throws IOException there is no room
     */
    static boolean reserve(Path file, long bytes) throws IOException {
        return CALLS != null && bytes > 0 && reserve(CALLS, file, bytes);
    }

    private static boolean reserve(Calls calls, Path file, long bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment name = arena.allocateFrom(file.toString());
            int descriptor =
                    (int) calls.open.invokeExact(state, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
            if (descriptor < 0) {
                return false;
            }
            int answer = (int) calls.fallocate.invokeExact(state, descriptor, 0, 0L, bytes);
            int errno = (int) ERRNO.get(state, 0L);
            int closed = (int) calls.close.invokeExact(descriptor);
            if (answer != 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)) {
                throw new IOException("No space left on device");
            }
            return answer == 0 && closed == 0;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) { // what a method handle declares
            throw new IllegalStateException("call of the C library", e);
        }
    }
}
