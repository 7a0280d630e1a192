package org.bittern.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Says one command to a process that runs on the same data directory, over the socket that its
 * bundle {@code org.bittern.swap} listens at. Needs no framework, and starts in an instant.
 */
public final class Control {
    private static final int EXIT_FAILURE = 1;
    private static final int EXIT_USAGE = 2;
    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final String SWAP = "swap";
    private static final int SWAP_WORDS = 3;

    private Control() {}

    /**
     * Prints the answer and ends the process.
     *
     * @param words the command and its arguments, with {@code --data DIR} among them
     */
    public static void main(String[] words) {
        System.exit(exitCode(List.of(words)));
    }

    static int exitCode(List<String> words) {
        try {
            LaunchOptions options = LaunchOptions.parse(words, System.getenv());
            if (!options.settings().isEmpty() || !options.with().isEmpty()) {
                throw new LaunchException("--set and --with belong to the start of a process");
            }
            List<String> request = request(options.arguments());
            return ask(options.data().resolve("control/socket"), request);
        } catch (LaunchException e) {
            System.err.println("bittern: " + e.line());
            return EXIT_USAGE;
        }
    }

    /**
     * What is asked for. The other process may run in another directory: it gets whole paths of
     * files, and only of what can be a file.
     */
    static List<String> request(List<String> words) throws LaunchException {
        if (words.isEmpty()) {
            throw new LaunchException("no command; ls, stats and swap are some");
        }
        List<String> request = new ArrayList<>(words);
        if (words.getFirst().equals(SWAP)) {
            if (words.size() != SWAP_WORDS) {
                throw new LaunchException("usage: swap BUNDLE JAR [--data DIR]");
            }
            request.set(SWAP_WORDS - 1, whole(words.getLast()));
            return request;
        }
        for (int i = 1; i < request.size(); i++) {
            if (Files.exists(Path.of(request.get(i)))) {
                request.set(i, whole(request.get(i)));
            }
        }
        return request;
    }

    private static String whole(String file) {
        return Path.of(file).toAbsolutePath().toString();
    }

    private static int ask(Path socket, List<String> command) {
        if (!Files.exists(socket)) {
            System.err.println("bittern: nobody listens at " + socket + "; --data names the place");
            return EXIT_FAILURE;
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                InputStream in = Channels.newInputStream(channel);
                OutputStream out = Channels.newOutputStream(channel)) {
            out.write((String.join("\u001f", command) + "\n").getBytes(StandardCharsets.UTF_8));
            String answer = new String(in.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
            boolean done = answer.startsWith("0\n");
            String text = answer.substring(Math.min(answer.length(), 2)).stripTrailing();
            if (done) {
                System.out.println(text);
                return 0;
            }
            System.err.println("bittern: " + (text.isEmpty() ? "no answer" : text));
        } catch (IOException e) {
            System.err.println("bittern: nobody answers at " + socket + ": " + e.getMessage());
        }
        return EXIT_FAILURE;
    }
}
