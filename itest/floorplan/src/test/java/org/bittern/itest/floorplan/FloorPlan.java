package org.bittern.itest.floorplan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The rules of {@code cnf/floors.txt}; the head of that file explains its lines. Immutable. */
record FloorPlan(Map<String, Floor> floors, Map<String, Resident> residents) {

    /**
     * One floor.
     *
     * @param exports whether its bundles may export packages
     * @param sees names of the floors whose packages it may import
     * @param never prefixes of dotted names of classes and methods that its classes may not name
     */
    record Floor(String name, boolean exports, Set<String> sees, Set<String> never) {}

    /**
     * One bundle on its floor.
     *
     * @param beside bundles of the same floor that it may import
     * @param onlyIn runtimes that may list it; empty means any
     * @param never as of its floor, and more of its own
     * @param holds packages of libraries that are copied into it
     */
    record Resident(
            String symbolicName,
            Floor floor,
            Set<String> beside,
            Set<String> onlyIn,
            Set<String> never,
            Set<String> holds) {}

    static FloorPlan read(Path file) throws IOException {
        return parse(Files.readAllLines(file));
    }

    static FloorPlan parse(List<String> lines) {
        Map<String, Floor> floors = new LinkedHashMap<>();
        Map<String, Resident> residents = new LinkedHashMap<>();
        for (String line : lines) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            List<String> words = new ArrayList<>(Arrays.asList(text.split("\\s+", -1)));
            switch (words.getFirst()) {
                case "floor" -> addFloor(words, floors);
                case "bundle" -> addResident(words, floors, residents);
                default -> throw new IllegalArgumentException("not a floor or bundle: " + line);
            }
        }
        return new FloorPlan(Map.copyOf(floors), Map.copyOf(residents));
    }

    private static void addFloor(List<String> words, Map<String, Floor> floors) {
        String name = words.get(1);
        boolean exports =
                switch (words.get(2)) {
                    case "exports" -> true;
                    case "closed" -> false;
                    default -> throw new IllegalArgumentException("exports or closed? " + words);
                };
        Map<String, Set<String>> lists = lists(words, 3, Set.of("sees", "never"));
        Set<String> sees = lists.getOrDefault("sees", Set.of());
        for (String below : sees) {
            // Only floors that were named before can be seen: the file's order rules out circles.
            if (!floors.containsKey(below)) {
                throw new IllegalArgumentException(name + " sees an unknown floor: " + below);
            }
        }
        floors.put(name, new Floor(name, exports, sees, lists.getOrDefault("never", Set.of())));
    }

    private static void addResident(
            List<String> words, Map<String, Floor> floors, Map<String, Resident> residents) {
        Floor floor = floors.get(words.get(2));
        if (floor == null) {
            throw new IllegalArgumentException("unknown floor: " + words);
        }
        Map<String, Set<String>> lists =
                lists(words, 3, Set.of("beside", "only-in", "never", "holds"));
        Set<String> never = new TreeSet<>(floor.never());
        never.addAll(lists.getOrDefault("never", Set.of()));
        Resident resident =
                new Resident(
                        words.get(1),
                        floor,
                        lists.getOrDefault("beside", Set.of()),
                        lists.getOrDefault("only-in", Set.of()),
                        never,
                        lists.getOrDefault("holds", Set.of()));
        if (residents.put(resident.symbolicName(), resident) != null) {
            throw new IllegalArgumentException("named twice: " + resident.symbolicName());
        }
    }

    /**
     * Splits {@code sees a b never c} into its lists; a keyword that is absent has an empty one.
     */
    private static Map<String, Set<String>> lists(
            List<String> words, int from, Set<String> keywords) {
        Map<String, Set<String>> lists = new HashMap<>();
        keywords.forEach(keyword -> lists.put(keyword, new TreeSet<>()));
        Set<String> current = Set.of();
        for (String word : words.subList(from, words.size())) {
            Set<String> opened = lists.get(word);
            if (opened == null) {
                current.add(word);
            } else {
                current = opened;
            }
        }
        return lists;
    }
}
