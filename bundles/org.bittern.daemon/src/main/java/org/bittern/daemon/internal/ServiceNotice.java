package org.bittern.daemon.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how far we are, if it asked: one datagram to the socket in {@code NOTIFY_SOCKET}
 * (sd_notify(3), {@code Type=notify} of systemd.service(5)). The JDK has no such datagrams, so the
 * C library's functions are called. Thread-safe.
 */
final class ServiceNotice {
    private static final Logger log = LoggerFactory.getLogger(ServiceNotice.class);

    /** Of Linux. */
    private static final short AF_UNIX = 1;

    private static final int SOCK_DGRAM = 2;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MAX_PATH = 107;

    private final Optional<String> socket;

    /**
     * For a process.
     *
     * @param socket value of {@code NOTIFY_SOCKET}: a path, or '@' and a name
     */
    ServiceNotice(Optional<String> socket) {
        this.socket =
                socket.filter(path -> path.startsWith("/") || path.startsWith("@"))
                        .filter(path -> path.getBytes(StandardCharsets.UTF_8).length <= MAX_PATH)
                        .filter(path -> System.getProperty("os.name", "").equals("Linux"));
    }

    /** Sends lines such as {@code READY=1}; who does not listen is no concern of ours. */
    void send(String state) {
        if (socket.isEmpty()) {
            return;
        }
        try {
            send(socket.get(), state);
        } catch (Throwable e) { // what a method handle declares; a daemon runs without its notices
            log.warn("systemd was not told {}: {}", state, e.toString());
        }
    }

    @SuppressWarnings("restricted") // the launcher allows native calls
    private static void send(String path, String state) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle socket =
                function(
                        linker,
                        "socket",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT));
        MethodHandle sendTo =
                function(
                        linker,
                        "sendto",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT));
        MethodHandle close =
                function(
                        linker,
                        "close",
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            byte[] message = state.getBytes(StandardCharsets.UTF_8);
            MemorySegment address = address(path, arena);
            MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
            int descriptor = (int) socket.invokeExact((int) AF_UNIX, SOCK_DGRAM, 0);
            if (descriptor < 0) {
                return;
            }
            long sent =
                    (long)
                            sendTo.invokeExact(
                                    descriptor,
                                    text,
                                    (long) message.length,
                                    MSG_NOSIGNAL,
                                    address,
                                    (int) address.byteSize());
            int closed = (int) close.invokeExact(descriptor);
            log.debug("told systemd {}: {} bytes, closed {}", state, sent, closed);
        }
    }

    /** struct sockaddr_un: family, path; an abstract name begins with a zero byte. */
    private static MemorySegment address(String path, Arena arena) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        boolean inFiles = name[0] == '/';
        MemorySegment address =
                arena.allocate(Short.BYTES + name.length + (inFiles ? 1 : 0), Short.BYTES);
        address.set(ValueLayout.JAVA_SHORT, 0, AF_UNIX);
        if (!inFiles) {
            name[0] = 0;
        }
        MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, Short.BYTES, name.length);
        return address;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(
            Linker linker, String name, FunctionDescriptor descriptor) {
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }
}
