package org.bittern.launcher;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What this process uses after a garbage collection.
 *
 * @param classLoaders of bundles
 * @param threads of the platform and virtual
 * @param files open descriptors
 * @param heapBytes in use
 */
record Footprint(int classLoaders, int threads, int files, long heapBytes) {
    private static final String LOADER =
            "org.apache.felix.framework.BundleWiringImpl$BundleClassLoader";

    static Footprint now(Path work) throws IOException {
        String histogram = histogram(); // collects garbage first
        return new Footprint(instances(histogram, LOADER), dumped(work), open(), total(histogram));
    }

    private static String histogram() throws IOException {
        try {
            return (String)
                    ManagementFactory.getPlatformMBeanServer()
                            .invoke(
                                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                    "gcClassHistogram",
                                    new Object[] {new String[0]},
                                    new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IOException("no histogram", e);
        }
    }

    /** Lines are: number, instances, bytes, class, module. */
    private static int instances(String histogram, String type) {
        return histogram
                .lines()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(words -> words.length > 3 && words[3].equals(type))
                .mapToInt(words -> Integer.parseInt(words[1]))
                .sum();
    }

    private static long total(String histogram) {
        return histogram
                .lines()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(words -> words[0].equals("Total"))
                .mapToLong(words -> Long.parseLong(words[2]))
                .sum();
    }

    private static int dumped(Path work) throws IOException {
        Path dump = work.resolve("threads.txt");
        Files.deleteIfExists(dump);
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
        try (Stream<String> lines = Files.lines(dump)) {
            return (int) lines.filter(line -> line.startsWith("#")).count();
        }
    }

    private static int open() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        }
    }
}
