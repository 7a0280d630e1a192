package org.bittern.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a person typed, split into what the launcher acts on and what the command gets. Immutable.
 *
 * @param data absolute path of the data directory
 * @param settings PID → key → value of each {@code --set PID:key=value}
 * @param with names of features beside those of the runtime
 * @param arguments the command and its arguments, without {@code --data}, {@code --set} and {@code
 *     --with}
 */
record LaunchOptions(
        Path data,
        Map<String, Map<String, Object>> settings,
        List<String> with,
        List<String> arguments) {

    /**
     * Takes {@code --data DIR}, {@code --set PID:key=value} and {@code --with FEATURE} out of the
     * arguments, wherever they stand before a {@code --}.
     *
     * @param environment where {@code XDG_DATA_HOME} and {@code HOME} are looked up
     */
    static LaunchOptions parse(List<String> typed, Map<String, String> environment)
            throws LaunchException {
        String data = null;
        Map<String, Map<String, Object>> settings = new LinkedHashMap<>();
        List<String> with = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        Iterator<String> rest = typed.iterator();
        while (rest.hasNext()) {
            String word = rest.next();
            if (word.equals("--")) {
                arguments.add(word);
                rest.forEachRemaining(arguments::add);
            } else if (isOption("--data", word)) {
                data = valueOf("--data", word, rest);
            } else if (isOption("--set", word)) {
                addSetting(settings, valueOf("--set", word, rest));
            } else if (isOption("--with", word)) {
                with.add(valueOf("--with", word, rest));
            } else {
                arguments.add(word);
            }
        }
        return new LaunchOptions(dataDirectory(data, environment), settings, with, arguments);
    }

    /** The same for another command, or for a part of it. */
    LaunchOptions withArguments(List<String> others) {
        return new LaunchOptions(data, settings, with, others);
    }

    private static boolean isOption(String name, String word) {
        return word.equals(name) || word.startsWith(name + "=");
    }

    private static String valueOf(String name, String word, Iterator<String> rest)
            throws LaunchException {
        if (word.startsWith(name + "=")) {
            return word.substring(name.length() + 1);
        }
        if (!rest.hasNext()) {
            throw new LaunchException(name + " needs a value");
        }
        return rest.next();
    }

    private static void addSetting(Map<String, Map<String, Object>> settings, String text)
            throws LaunchException {
        int colon = text.indexOf(':');
        int equals = text.indexOf('=', colon + 1);
        if (colon <= 0 || equals <= colon + 1) {
            throw new LaunchException("--set takes PID:key=value, not '" + text + "'");
        }
        settings.computeIfAbsent(text.substring(0, colon), pid -> new LinkedHashMap<>())
                .put(text.substring(colon + 1, equals), text.substring(equals + 1));
    }

    /** The XDG base directory specification's place for data, unless one was named. */
    private static Path dataDirectory(@Nullable String named, Map<String, String> environment)
            throws LaunchException {
        if (named != null) {
            if (named.isEmpty()) {
                throw new LaunchException("--data needs a directory");
            }
            return Path.of(named).toAbsolutePath().normalize();
        }
        String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
        if (xdg.startsWith("/")) {
            return Path.of(xdg, "bittern");
        }
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", "/"));
        return Path.of(home, ".local", "share", "bittern").toAbsolutePath();
    }
}
