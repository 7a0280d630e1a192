package org.bittern.stream.remote.internal;

import java.nio.charset.StandardCharsets;
import org.bittern.api.stream.StreamFile;

/**
 * What a brain says over its WebSocket: it is understood or cannot be used, and nothing of it gets
 * into heads of HTTP that has no place there.
 */
public final class MessageTarget {
    private MessageTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        switch (Message.parse(new String(input, StandardCharsets.UTF_8))) {
            case Message.Register(StreamFile file) -> check(file);
            case Message.Answer(var id, var answer) -> {
                String ignored = id + " " + answer;
            }
            case Message.Unregister _ -> {
                // a file of this name or none
            }
            case Message.Unusable(String why) -> {
                if (why.isEmpty()) {
                    throw new AssertionError("no reason");
                }
            }
        }
    }

    private static void check(StreamFile file) {
        boolean fit =
                Message.ID.matcher(file.id()).matches()
                        && Message.ID.matcher(file.group()).matches()
                        && file.path().isAbsolute()
                        && file.lengthBytes() >= 0
                        && isOneLine(file.name())
                        && isOneLine(file.etag())
                        && isOneLine(file.contentType().orElse(""));
        if (!fit) {
            throw new AssertionError("a file that cannot be shown: " + file);
        }
    }

    private static boolean isOneLine(String text) {
        return text.chars().noneMatch(letter -> letter < ' ' || letter == 0x7f);
    }
}
