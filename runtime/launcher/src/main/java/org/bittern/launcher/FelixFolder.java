package org.bittern.launcher;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.osgi.framework.Constants;

/**
 * Lays a runtime out for Apache Felix's own launcher: {@code bin/felix.jar}, {@code bundle} and
 * {@code conf/config.properties}, as in its distribution. What our launcher lends to bundles from
 * its class path is there as bundles instead. Used by one thread.
 */
public final class FelixFolder {
    private static final int EXIT_FAILURE = 1;
    private static final int EXIT_USAGE = 2;
    private static final int OWN_WORDS = 2;

    private final Path home;
    private final Path target;

    FelixFolder(Path home, Path target) {
        this.home = home;
        this.target = target;
    }

    /**
     * Makes the folder.
     *
     * @param words root of the distribution, name of the runtime, then the folder to make and what
     *     would be typed behind the name of the runtime; what the launcher itself takes may stand
     *     before the folder
     */
    public static void main(String[] words) {
        System.exit(exitCode(List.of(words)));
    }

    static int exitCode(List<String> words) {
        LaunchOptions options;
        String folder;
        try {
            LaunchOptions typed =
                    LaunchOptions.parse(words.subList(OWN_WORDS, words.size()), System.getenv());
            List<String> arguments = typed.arguments();
            if (arguments.isEmpty() || arguments.getFirst().startsWith("-")) {
                throw new LaunchException("usage: felix DIR [RUNTIME'S ARGUMENT]...");
            }
            folder = arguments.getFirst();
            options = typed.withArguments(arguments.subList(1, arguments.size()));
        } catch (LaunchException e) {
            System.err.println("bittern: " + e.line());
            return EXIT_USAGE;
        }
        try {
            Path home = Path.of(words.getFirst()).toAbsolutePath();
            Path target = Path.of(folder).toAbsolutePath().normalize();
            new FelixFolder(home, target).make(words.get(1), options);
            System.out.println("made " + target + "; start it there: java -jar bin/felix.jar");
            return 0;
        } catch (LaunchException e) {
            System.err.println("bittern: " + e.line());
            return EXIT_FAILURE;
        } catch (IOException e) {
            System.err.println("bittern: cannot make the folder: " + e);
            return EXIT_FAILURE;
        }
    }

    /** Nothing is made when a runtime cannot be told in Felix's own configuration. */
    void make(String runtime, LaunchOptions options) throws LaunchException, IOException {
        RuntimePlan plan = RuntimePlan.read(home, runtime, options.with());
        if (!plan.configurations().isEmpty() || !options.settings().isEmpty()) {
            throw new LaunchException(
                    "only runtimes without configurations can be laid out; the others need a"
                            + " bundle that reads them, such as Felix's fileinstall");
        }
        if (Files.exists(target)) {
            throw new LaunchException(target + " is there already");
        }
        List<List<Path>> levels = new ArrayList<>();
        levels.add(lent());
        levels.addAll(plan.levels());
        Files.createDirectories(target.resolve("bundle"));
        Files.createDirectories(target.resolve("bin"));
        Files.createDirectories(target.resolve("conf"));
        Files.copy(only("org.apache.felix.main-*.jar"), target.resolve("bin/felix.jar"));
        List<String> lines = new ArrayList<>(settings(plan, options));
        lines.add("org.osgi.framework.startlevel.beginning=" + levels.size());
        for (int i = 0; i < levels.size(); i++) {
            List<String> names = new ArrayList<>();
            for (Path jar : levels.get(i)) {
                Path copy = target.resolve("bundle").resolve(jar.getFileName());
                Files.copy(jar, copy);
                names.add("\"" + copy.toUri() + "\"");
            }
            lines.add("felix.auto.start.%d=%s".formatted(i + 1, String.join(" \\\n ", names)));
        }
        Files.write(target.resolve("conf/config.properties"), lines);
    }

    private List<String> settings(RuntimePlan plan, LaunchOptions options) {
        return List.of(
                "# The runtime " + plan.name() + " of Bittern, for Felix's own launcher.",
                "org.osgi.framework.storage=" + escaped(target.resolve("cache").toString()),
                "org.osgi.framework.storage.clean=onFirstInit",
                "# Configurations come from settings.json at each start, and hold its secrets.",
                "felix.cm.pm=memory",
                "# Or the server would first listen on 0.0.0.0:8080.",
                "org.apache.felix.http.require.config=true",
                "org.ops4j.pax.logging.DefaultServiceLog.level=WARN",
                "bittern.data=" + escaped(options.data().toString()),
                "bittern.args=" + escaped(String.join("\u001f", options.arguments())),
                "bittern.runtime=" + plan.name());
    }

    /** As java.util.Properties reads it. */
    private static String escaped(String value) {
        return value.chars()
                .mapToObj(c ->
                        c == '\\'
                                ? "\\\\"
                                : c < ' ' || c > '~'
                                        ? "\\u%04x".formatted(c)
                                        : String.valueOf((char) c))
                .collect(Collectors.joining());
    }

    /** Bundles for the packages that the system bundle exports in our launcher. */
    private List<Path> lent() throws IOException, LaunchException {
        Set<String> packages = new HashSet<>();
        for (String clause : SystemPackages.header().split(",", -1)) {
            packages.add(clause.substring(0, clause.indexOf(';')));
        }
        // Pax Logging brings these.
        packages.removeIf(
                name -> name.startsWith("org.slf4j") || name.equals("org.osgi.service.log"));
        List<Path> lent = new ArrayList<>(List.of(only("pax-logging-api-*.jar")));
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(home.resolve("lib"), "*.jar")) {
            for (Path jar : jars) {
                if (exportsAny(jar, packages)) {
                    lent.add(jar);
                }
            }
        }
        return lent;
    }

    private static boolean exportsAny(Path jar, Set<String> packages) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes main =
                    file.getManifest() == null
                            ? new Attributes()
                            : file.getManifest().getMainAttributes();
            String exports = main.getValue(Constants.EXPORT_PACKAGE);
            return main.getValue(Constants.BUNDLE_SYMBOLICNAME) != null
                    && main.getValue("Fragment-Host") == null
                    && exports != null
                    && !exports.startsWith("org.osgi.framework")
                    && Arrays.stream(exports.split("[,;]", -1)).anyMatch(packages::contains);
        }
    }

    private Path only(String pattern) throws IOException, LaunchException {
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(home.resolve("felix"), pattern)) {
            for (Path jar : found) {
                return jar;
            }
        }
        throw new LaunchException("the distribution has no felix/" + pattern);
    }
}
