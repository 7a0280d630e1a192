package org.bittern.launcher;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Something that keeps a runtime from being whole.
 *
 * @param subject the component or the bundle
 * @param what the rest of the line: what it lacks, or why it failed
 */
record Problem(String subject, String what) {
    /** Lets some time pass. */
    interface Pause {
        /** False when there is no reason any more to look again. */
        boolean pass() throws InterruptedException;
    }

    /** For people. */
    String line() {
        return subject + what;
    }

    /**
     * The problems of those who had one at each look. Who had none at one of them is being
     * exchanged, or something that it needs is: that may be so at any look, but not at all.
     *
     * @param times how many looks there are besides the first
     */
    static List<Problem> lasting(Supplier<List<Problem>> look, Pause pause, int times)
            throws InterruptedException {
        List<Problem> seen = look.get();
        Set<String> always = subjects(seen);
        for (int i = 0; i < times && !always.isEmpty(); i++) {
            if (!pause.pass()) {
                return List.of();
            }
            seen = look.get();
            always.retainAll(subjects(seen));
        }
        return seen.stream().filter(problem -> always.contains(problem.subject)).toList();
    }

    private static Set<String> subjects(List<Problem> problems) {
        return problems.stream()
                .map(Problem::subject)
                .collect(Collectors.toCollection(HashSet::new));
    }
}
