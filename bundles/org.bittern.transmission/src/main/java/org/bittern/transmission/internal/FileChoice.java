package org.bittern.transmission.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bittern.api.engine.Priority;
import org.bittern.rpc.Arguments;
import org.bittern.rpc.RpcError;
import org.bittern.rpc.RpcException;

/**
 * What a call says about files: which are wanted, which are urgent. Transmission keeps two values
 * for a file, the engine one: a file that is not wanted has no priority. Immutable.
 *
 * @param unwanted indexes; an empty list means all files, an absent one none, as in all of them
 */
record FileChoice(
        Optional<List<Integer>> unwanted,
        Optional<List<Integer>> wanted,
        Optional<List<Integer>> high,
        Optional<List<Integer>> low,
        Optional<List<Integer>> normal) {

    static FileChoice of(Arguments arguments) {
        return new FileChoice(
                arguments.integers("files_unwanted"),
                arguments.integers("files_wanted"),
                arguments.integers("priority_high"),
                arguments.integers("priority_low"),
                arguments.integers("priority_normal"));
    }

    boolean isEmpty() {
        return unwanted.isEmpty()
                && wanted.isEmpty()
                && high.isEmpty()
                && low.isEmpty()
                && normal.isEmpty();
    }

    /**
     * Priorities for a torrent.
     *
     * @param now of all files
     * @return only those that change
     * @throws RpcException an index is out of range
     */
    Map<Integer, Priority> apply(List<Priority> now) throws RpcException {
        Map<Integer, Priority> changed = new HashMap<>();
        for (int file : files(unwanted, now.size())) {
            changed.put(file, Priority.SKIP);
        }
        for (int file : files(wanted, now.size())) {
            if (changed.getOrDefault(file, now.get(file)) == Priority.SKIP) {
                changed.put(file, Priority.NORMAL);
            }
        }
        rank(high, Priority.HIGH, now, changed);
        rank(low, Priority.LOW, now, changed);
        rank(normal, Priority.NORMAL, now, changed);
        return changed;
    }

    private static void rank(
            Optional<List<Integer>> listed,
            Priority priority,
            List<Priority> now,
            Map<Integer, Priority> changed)
            throws RpcException {
        for (int file : files(listed, now.size())) {
            if (changed.getOrDefault(file, now.get(file)) != Priority.SKIP) {
                changed.put(file, priority);
            }
        }
    }

    private static List<Integer> files(Optional<List<Integer>> listed, int count)
            throws RpcException {
        if (listed.isEmpty()) {
            return List.of();
        }
        if (listed.get().isEmpty()) {
            return IntStream.range(0, count).boxed().toList();
        }
        if (listed.get().stream().anyMatch(file -> file < 0 || file >= count)) {
            throw new RpcException(RpcError.FILE_INDEX, "file index out of range");
        }
        return listed.get();
    }
}
