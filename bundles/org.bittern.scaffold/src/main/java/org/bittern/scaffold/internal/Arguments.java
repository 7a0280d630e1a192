package org.bittern.scaffold.internal;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** What was typed behind {@code ./bittern scaffold}. */
final class Arguments {
    private static final int MAX_PORT = 65535;

    private Arguments() {}

    /**
     * The port to listen on: of {@code --port}, else of the environment variable {@code PORT}, else
     * 0.
     *
     * @throws IllegalArgumentException one line for a person
     */
    static int port(List<String> words, Map<String, String> environment) {
        String port = environment.getOrDefault("PORT", "0");
        Iterator<String> rest = words.iterator();
        while (rest.hasNext()) {
            String word = rest.next();
            if (word.equals("--port") && rest.hasNext()) {
                port = rest.next();
            } else if (word.startsWith("--port=")) {
                port = word.substring("--port=".length());
            } else {
                throw new IllegalArgumentException("usage: ./bittern scaffold [--port N]");
            }
        }
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > MAX_PORT) {
            throw new IllegalArgumentException("the port must be 0 to " + MAX_PORT);
        }
        return Integer.parseInt(port);
    }
}
