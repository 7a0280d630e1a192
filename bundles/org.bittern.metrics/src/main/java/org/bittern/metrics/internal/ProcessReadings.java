package org.bittern.metrics.internal;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** What an operator wants to know of the process. No state, any thread. */
final class ProcessReadings {
    private ProcessReadings() {}

    static void read(Readings readings) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long pauses = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            pauses += Math.max(0, collector.getCollectionTime());
        }
        readings.gauge(
                        "process_start_time_seconds",
                        "When the process started, in seconds since 1970.",
                        ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0)
                .gauge("jvm_heap_used_bytes", "Heap in use.", memory.getHeapMemoryUsage().getUsed())
                .gauge(
                        "jvm_heap_max_bytes",
                        "Heap at most, -1 when there is no limit.",
                        memory.getHeapMemoryUsage().getMax())
                .gauge(
                        "jvm_threads",
                        "Platform threads.",
                        ManagementFactory.getThreadMXBean().getThreadCount())
                .counter(
                        "jvm_gc_collection_seconds",
                        "Time spent collecting garbage.",
                        pauses / 1000.0);
        ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .ifPresent(cpu ->
                        readings.counter(
                                "process_cpu_seconds",
                                "Processor time of the process.",
                                cpu.toNanos() / 1e9));
    }
}
