package org.bittern.stream.brain.internal;

import java.nio.charset.StandardCharsets;
import org.bittern.api.stream.RangeRequest;

/** What an I/O side says to a brain: it is understood or cannot be used. */
public final class QuestionTarget {
    private QuestionTarget() {}

    public static void fuzzerTestOneInput(byte[] input) {
        switch (Question.parse(new String(input, StandardCharsets.UTF_8))) {
            case Question.Request(RangeRequest window) -> {
                if (window.start() < 0 || window.end() < window.start()) {
                    throw new AssertionError("no window: " + window);
                }
            }
            case Question.Cancel _ -> {
                // of a request of this id or none
            }
            case Question.Unusable(String why) -> {
                if (why.isEmpty()) {
                    throw new AssertionError("no reason");
                }
            }
        }
    }
}
