package org.bittern.itest.floorplan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bittern.itest.floorplan.FloorPlan.Resident;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The floor plan against the manifests and classes that were really built. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class FloorPlanIT {
    /** In place of runtimes: a bundle that people add to a runtime of their own. */
    static final Set<String> NOTHING = Set.of("nothing");

    private final Path root = Path.of(System.getProperty("bittern.root", "../.."));
    private FloorPlan plan = new FloorPlan(Map.of(), Map.of());
    private final Map<String, BuiltBundle> bundles = new TreeMap<>();

    @BeforeAll
    void readPlanAndJars() throws IOException {
        plan = FloorPlan.read(root.resolve("cnf/floors.txt"));
        for (Path module : BuiltBundle.modules(root)) {
            BuiltBundle bundle = BuiltBundle.of(module);
            bundles.put(bundle.symbolicName(), bundle);
        }
    }

    @Test
    void planAndFoldersNameTheSameBundles() {
        assertThat(bundles).isNotEmpty();
        assertThat(bundles.keySet()).containsExactlyInAnyOrderElementsOf(plan.residents().keySet());
    }

    @Test
    void folderIsSymbolicNameIsRootPackage() {
        assertThat(bundles.values())
                .allSatisfy(bundle -> {
                    assertThat(bundle.symbolicName()).isEqualTo(bundle.folder());
                    assertThat(bundle.packages())
                            .allMatch(name ->
                                    isBelow(name, bundle.symbolicName())
                                            || resident(bundle).holds().stream()
                                                    .anyMatch(held -> isBelow(name, held)));
                });
    }

    @Test
    void nothingBypassesPackageImports() {
        assertThat(bundles.values())
                .allSatisfy(bundle ->
                        assertThat(bundle.forbiddenHeaders()).as(bundle.symbolicName()).isEmpty());
    }

    @Test
    void onlyOpenFloorsExport() {
        Set<String> wrong = new TreeSet<>();
        for (BuiltBundle bundle : bundles.values()) {
            if (!resident(bundle).floor().exports()) {
                bundle.exports().forEach(name -> wrong.add(bundle.symbolicName() + ": " + name));
            }
        }
        assertThat(wrong).as("packages exported from a closed floor").isEmpty();
    }

    @Test
    void internalPackagesStayInside() {
        assertThat(bundles.values())
                .allSatisfy(bundle ->
                        assertThat(bundle.exports()).noneMatch(name -> name.contains(".internal")));
    }

    @Test
    void everyArrowPointsDown() {
        Set<String> wrong = new TreeSet<>();
        for (BuiltBundle from : bundles.values()) {
            for (String imported : from.imports()) {
                for (BuiltBundle to : bundles.values()) {
                    if (to.exports().contains(imported) && !maySee(resident(from), resident(to))) {
                        wrong.add(from.symbolicName() + " imports " + imported);
                    }
                }
            }
        }
        assertThat(wrong).as("imports that point up or sideways").isEmpty();
    }

    @Test
    void everyImportOfOursIsExportedByOneBundle() {
        Set<String> wrong = new TreeSet<>();
        for (BuiltBundle from : bundles.values()) {
            for (String imported : from.imports()) {
                List<BuiltBundle> exporters =
                        bundles.values().stream()
                                .filter(bundle -> bundle.exports().contains(imported))
                                .toList();
                if (imported.startsWith("org.bittern.") && exporters.size() != 1) {
                    wrong.add(from.symbolicName() + " imports " + imported + " of " + exporters);
                }
            }
        }
        assertThat(wrong).as("packages without exactly one exporter").isEmpty();
    }

    @Test
    void noClassNamesWhatItsFloorMayNot() {
        Set<String> wrong = new TreeSet<>();
        for (BuiltBundle bundle : bundles.values()) {
            for (String never : resident(bundle).never()) {
                Set<String> named = new TreeSet<>(bundle.named());
                named.addAll(bundle.imports());
                named.stream()
                        .filter(name -> isBelow(name, never))
                        .forEach(name -> wrong.add(bundle.symbolicName() + " names " + name));
            }
        }
        assertThat(wrong).as("classes, methods and packages forbidden on the floor").isEmpty();
    }

    @Test
    void runtimesListEveryBundleAndOnlyWhereItMayBe() throws IOException {
        Runtimes runtimes = Runtimes.read(root);
        Set<String> wrong = new TreeSet<>();
        for (Resident resident : plan.residents().values()) {
            Set<String> listing = runtimes.listing(resident.symbolicName());
            if (listing.isEmpty() && !resident.onlyIn().equals(NOTHING)) {
                wrong.add(resident.symbolicName() + " is in no runtime");
            }
            if (!resident.onlyIn().isEmpty() && !resident.onlyIn().containsAll(listing)) {
                wrong.add(resident.symbolicName() + " is in " + listing);
            }
        }
        assertThat(wrong).as("bundles in no or in a wrong runtime").isEmpty();
    }

    private Resident resident(BuiltBundle bundle) {
        Resident resident = plan.residents().get(bundle.symbolicName());
        if (resident == null) {
            throw new IllegalStateException(
                    bundle.symbolicName() + " has no line in cnf/floors.txt");
        }
        return resident;
    }

    private static boolean maySee(Resident from, Resident to) {
        return from.symbolicName().equals(to.symbolicName())
                || from.floor().sees().contains(to.floor().name())
                || (from.floor().equals(to.floor()) && from.beside().contains(to.symbolicName()));
    }

    /** Whether a dotted name is the prefix itself or lies below it, by whole elements. */
    static boolean isBelow(String name, String prefix) {
        return name.equals(prefix)
                || name.startsWith(prefix + ".")
                || name.startsWith(prefix + "$");
    }
}
