package org.bittern.itest.floorplan;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A page of the documentation and what it names.
 *
 * @param path from the root of the project, with slashes
 * @param text as Markdown
 */
record Page(String path, String text) {
    private static final Pattern FENCED = Pattern.compile("```.*?```", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s:]+)(?:#[^)]*)?\\)");
    private static final Pattern PATH =
            Pattern.compile("(?:bundles|cnf|docs|features|itest|runtime)/[\\w./-]+");
    private static final Pattern TEST = Pattern.compile("\\w+\\.py|[A-Z]\\w+(?:Test|IT)");
    private static final Pattern TYPE = Pattern.compile("(?:\\w+/)?[A-Z]\\w+");

    /** Files and folders that links lead to, from the root of the project. */
    List<String> links() {
        String folder = path.contains("/") ? path.substring(0, path.lastIndexOf('/') + 1) : "";
        return LINK.matcher(text).results().map(link -> normal(folder + link.group(1))).toList();
    }

    /** Files and folders that are named with their way from the root. */
    List<String> paths() {
        return code(PATH).stream().map(Page::normal).toList();
    }

    /** Files of tests: Java types without their ending, Python files with it. */
    List<String> tests() {
        return code(TEST);
    }

    /** Types, without the package in which they are. */
    List<String> types() {
        return code(TYPE).stream().map(name -> name.substring(name.indexOf('/') + 1)).toList();
    }

    private List<String> code(Pattern kind) {
        return CODE.matcher(FENCED.matcher(text).replaceAll(""))
                .results()
                .map(code -> code.group(1))
                .filter(kind.asMatchPredicate())
                .toList();
    }

    private static String normal(String name) {
        return Path.of(name).normalize().toString();
    }
}
