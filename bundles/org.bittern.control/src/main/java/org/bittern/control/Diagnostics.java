package org.bittern.control;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bittern.api.host.EngineHost;

/** What a test wants to know of the process and of all engines it has had. Thread-safe. */
public final class Diagnostics implements AutoCloseable {
    private static final int DEFAULT_LINES = 100;

    private final Chronicle chronicle;

    /** Begins to keep events. */
    public Diagnostics(EngineHost host) {
        chronicle = new Chronicle(host);
    }

    /** The last events, oldest first: {@code level} debug, info, warn or error, {@code limit}. */
    public Map<String, Object> logs(Params params) {
        String name = params.optionalText("level").orElse("info").toUpperCase(Locale.ROOT);
        Chronicle.Level least =
                Arrays.stream(Chronicle.Level.values())
                        .filter(level -> level.name().equals(name))
                        .findFirst()
                        .orElseThrow(() ->
                                ControlException.invalid(
                                        "'level' must be debug, info, warn or error"));
        long limit = params.whole("limit", 1, Chronicle.CAPACITY).orElse((long) DEFAULT_LINES);
        return Map.of(
                "logs",
                chronicle.newest(least, (int) limit).stream().map(Diagnostics::line).toList());
    }

    private static Map<String, String> line(Chronicle.Entry entry) {
        Map<String, String> line = new LinkedHashMap<>();
        line.put("time", entry.at().toString());
        line.put("level", entry.level().name().toLowerCase(Locale.ROOT));
        line.put("torrent", entry.torrent());
        line.put("message", entry.message());
        return line;
    }

    /** Threads, bytes in use of the heap, milliseconds since the start. */
    public static Map<String, Object> process() {
        Map<String, Object> process = new LinkedHashMap<>();
        process.put("threads", ManagementFactory.getThreadMXBean().getThreadCount());
        process.put(
                "heapBytes", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        process.put("uptimeMillis", ManagementFactory.getRuntimeMXBean().getUptime());
        return process;
    }

    @Override
    public void close() {
        chronicle.close();
    }
}
