package org.bittern.itest.floorplan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a built jar says about itself: its manifest, and the names in its classes. Immutable.
 *
 * @param folder name of the folder that it was built in
 * @param imports packages of Import-Package
 * @param exports packages of Export-Package
 * @param forbiddenHeaders headers present that would bypass package imports
 * @param packages packages of its own classes, dotted
 * @param named every class and method that one of its classes names, dotted
 */
record BuiltBundle(
        String folder,
        String symbolicName,
        Set<String> imports,
        Set<String> exports,
        Set<String> forbiddenHeaders,
        Set<String> packages,
        Set<String> named) {

    private static final Set<String> BYPASSES =
            Set.of("Require-Bundle", "DynamicImport-Package", "Fragment-Host");

    /** Folders below {@code bundles} that hold a module, built or not. */
    static List<Path> modules(Path root) throws IOException {
        try (Stream<Path> folders = Files.list(root.resolve("bundles"))) {
            return folders.filter(folder -> !folder.endsWith("target"))
                    .filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Reads the one jar that the module built.
     *
     * @throws IllegalStateException if the module was not packaged
     */
    static BuiltBundle of(Path module) throws IOException {
        String folder = module.getFileName().toString();
        Path target = module.resolve("target");
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                List<Path> jars =
                        files.filter(file -> isJarOf(folder, file.getFileName().toString()))
                                .toList();
                if (jars.size() == 1) {
                    return read(folder, jars.getFirst());
                }
            }
        }
        throw new IllegalStateException(folder + " has no jar, or several: run the package phase");
    }

    private static boolean isJarOf(String folder, String file) {
        return file.startsWith(folder + "-") && file.endsWith(".jar");
    }

    private static BuiltBundle read(String folder, Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes manifest = file.getManifest().getMainAttributes();
            Set<String> bypasses = new TreeSet<>();
            BYPASSES.stream().filter(h -> manifest.getValue(h) != null).forEach(bypasses::add);
            Set<String> packages = new TreeSet<>();
            Set<String> named = new TreeSet<>();
            file.stream()
                    .filter(entry -> entry.getName().endsWith(".class"))
                    .forEach(entry -> scan(file, entry, packages, named));
            return new BuiltBundle(
                    folder,
                    manifest.getValue("Bundle-SymbolicName"),
                    packagesOf(manifest.getValue("Import-Package")),
                    packagesOf(manifest.getValue("Export-Package")),
                    bypasses,
                    packages,
                    named);
        }
    }

    private static void scan(JarFile jar, JarEntry entry, Set<String> packages, Set<String> named) {
        String path = entry.getName();
        packages.add(path.substring(0, Math.max(0, path.lastIndexOf('/'))).replace('/', '.'));
        try (InputStream in = jar.getInputStream(entry)) {
            for (PoolEntry constant : ClassFile.of().parse(in.readAllBytes()).constantPool()) {
                switch (constant) {
                    case ClassEntry type -> named.add(dotted(type));
                    case MethodRefEntry method ->
                            named.add(dotted(method.owner()) + "." + method.name().stringValue());
                    default -> {}
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    private static String dotted(ClassEntry type) {
        return type.asInternalName().replace('/', '.');
    }

    /**
     * Names of the packages in an OSGi header; attributes and directives are dropped.
     *
     * @param header value of the header, or null if the manifest has none
     */
    static Set<String> packagesOf(@Nullable String header) {
        Set<String> names = new TreeSet<>();
        if (header == null) {
            return names;
        }
        // Commas and semicolons inside quotes belong to version ranges and uses directives.
        for (String clause : header.replaceAll("\"[^\"]*\"", "").split(",", -1)) {
            for (String part : clause.split(";", -1)) {
                if (!part.contains("=") && !part.isBlank()) {
                    names.add(part.strip());
                }
            }
        }
        return names;
    }
}
