package org.bittern.itest.floorplan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What the documentation names is there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class PagesIT {
    /** Made by tools, not by us; so are hidden folders. */
    private static final Set<String> FOREIGN = Set.of("target", "node_modules");

    /** The pages beside the folders; who works here may have put others there. */
    private static final Set<String> FIRST = Set.of("README.md", "CONTRIBUTING.md");

    /** The bundle that CONTRIBUTING.md tells the reader to make. */
    private static final String EXAMPLE = "hello";

    private final Path root =
            Path.of(System.getProperty("bittern.root", "../..")).toAbsolutePath().normalize();

    /** Files and folders from the root, and the names of files alone, Java's without ending. */
    private final Set<String> there = new HashSet<>();

    private final List<Page> pages = new ArrayList<>();

    @BeforeAll
    void readTree() throws IOException {
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) {
                        if (isForeign(folder)) {
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        there.add(root.relativize(folder).toString());
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        String name = file.getFileName().toString();
                        there.add(root.relativize(file).toString());
                        there.add(name.replaceFirst("\\.java$", ""));
                        if (isPage(file)) {
                            pages.add(
                                    new Page(
                                            root.relativize(file).toString(),
                                            Files.readString(file)));
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private boolean isForeign(Path folder) {
        String name = String.valueOf(folder.getFileName());
        return !folder.equals(root) && (FOREIGN.contains(name) || name.startsWith("."));
    }

    private boolean isPage(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".md") && (!root.equals(file.getParent()) || FIRST.contains(name));
    }

    private Set<String> missing(Predicate<Page> which, Function<Page, List<String>> named) {
        Set<String> missing = new TreeSet<>();
        for (Page page : pages) {
            if (which.test(page)) {
                named.apply(page).stream()
                        .filter(name -> !there.contains(name) && !name.contains(EXAMPLE))
                        .forEach(name -> missing.add(page.path() + ": " + name));
            }
        }
        return missing;
    }

    @Test
    void linksLeadToFiles() {
        assertThat(pages).extracting(Page::path).contains("README.md", "docs/beps.md");
        assertThat(missing(_ -> true, Page::links)).isEmpty();
    }

    @Test
    void filesFoldersAndTestsThatPagesNameAreThere() {
        assertThat(missing(_ -> true, Page::paths)).isEmpty();
        assertThat(missing(_ -> true, Page::tests)).isEmpty();
    }

    @Test
    void classesOfTheTablesAreThere() {
        Set<String> tables = Set.of("docs/beps.md", "docs/architecture.md");
        Predicate<Page> table = page -> tables.contains(page.path());
        assertThat(pages).filteredOn(table).flatExtracting(Page::types).hasSizeGreaterThan(50);
        assertThat(missing(table, Page::types)).isEmpty();
    }

    @Test
    void everyBundleIsInTheTableOfTheArchitecture() throws IOException {
        String table = Files.readString(root.resolve("docs/architecture.md"));
        Set<String> missing = new TreeSet<>();
        FloorPlan.read(root.resolve("cnf/floors.txt"))
                .residents()
                .forEach((name, resident) -> {
                    String word = "`" + name.replaceFirst("^org\\.bittern\\.", "") + "`";
                    if (!table.contains(word) && !resident.onlyIn().equals(FloorPlanIT.NOTHING)) {
                        missing.add(name);
                    }
                });
        assertThat(missing).isEmpty();
    }

    @Test
    void everyPageCanBeReached() {
        Set<String> pagesOfDocs = new TreeSet<>();
        pages.stream()
                .map(Page::path)
                .filter(path -> path.startsWith("docs/") && !path.startsWith("docs/decisions/"))
                .forEach(pagesOfDocs::add);
        for (Page page : pages) {
            pagesOfDocs.removeAll(page.links());
        }
        assertThat(pagesOfDocs).as("pages to which no other leads").isEmpty();
    }

    @Test
    void takesWhatIsNamedOutOfAPage() {
        Page page =
                new Page(
                        "docs/decisions/x.md",
                        """
                        `choice/Some`, `SomeTest` and `test_some.py` of `itest/swarm/`, [why](../a.md#b)
                        or [there](https://a.example/b); `some` `Some thing` are none.
                        ```
                        `InACommand`
                        ```
                        """);
        assertThat(page.types()).containsExactly("Some", "SomeTest");
        assertThat(page.tests()).containsExactly("SomeTest", "test_some.py");
        assertThat(page.paths()).containsExactly("itest/swarm");
        assertThat(page.links()).containsExactly("docs/a.md");
    }
}
