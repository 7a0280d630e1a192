package org.bittern.itest.osgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The line that starts a runtime of the built distribution as a process of its own. */
public final class LaunchLine {
    private static final Path HOME = Path.of(System.getProperty("bittern.home"));

    private LaunchLine() {}

    /**
     * Makes it.
     *
     * @param work where its folders {@code data} and {@code tmp} are
     * @param words what a person would type behind the name of the runtime
     */
    public static List<String> of(Path work, String runtime, String... words) throws IOException {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "--sun-misc-unsafe-memory-access=allow",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Djava.io.tmpdir=" + Files.createDirectories(work.resolve("tmp")),
                                "-cp",
                                HOME.resolve("lib") + "/*",
                                "org.bittern.launcher.Launcher",
                                HOME.toString(),
                                runtime));
        line.addAll(Arrays.asList(words));
        line.addAll(List.of("--data", work.resolve("data").toString()));
        return line;
    }
}
