import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Writes the classes of a jar in the format of Java 8, with stack maps, and changes nothing else of
 * them. What is older than Java 6 is left out of AOT caches, and verified by inference at each
 * start: see docs/performance.md, "Start". A part of the build: {@code java RenewClasses.java JAR}.
 */
final class RenewClasses {
    /** In the jar: what was changed, as its licence wants it said. Also tells that it was done. */
    private static final String NOTE = "META-INF/CHANGED-BY-BITTERN.txt";

    private static final String TEXT =
            """
            The class files of this library were rewritten in the class file format of Java 8, with
            stack maps, by the build of Bittern. Their code is unchanged.
            """;

    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private RenewClasses() {}

    /** Renews one jar in its place, unless that was done before. */
    public static void main(String[] arguments) throws IOException {
        Path jar = Path.of(arguments[0]);
        Path next = jar.resolveSibling(jar.getFileName() + ".next");
        try (JarFile old = new JarFile(jar.toFile())) {
            if (old.getEntry(NOTE) != null) {
                return;
            }
            try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
                    OutputStream file = Files.newOutputStream(next);
                    JarOutputStream to = new JarOutputStream(file)) {
                copy(old, to, renewal(loader));
            }
        }
        Files.move(next, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static ClassFile renewal(ClassLoader loader) {
        return ClassFile.of(
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                ClassFile.ClassHierarchyResolverOption.of(
                        ClassHierarchyResolver.ofResourceParsing(loader)
                                .orElse(ClassHierarchyResolver.defaultResolver())));
    }

    private static void copy(JarFile old, JarOutputStream to, ClassFile renewal)
            throws IOException {
        for (Enumeration<JarEntry> all = old.entries(); all.hasMoreElements(); ) {
            JarEntry entry = all.nextElement();
            byte[] bytes = old.getInputStream(entry).readAllBytes();
            put(to, entry, entry.getName().endsWith(".class") ? renewed(bytes, renewal) : bytes);
        }
        put(to, new JarEntry(NOTE), TEXT.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] renewed(byte[] bytes, ClassFile renewal) {
        var model = renewal.parse(bytes);
        if (model.majorVersion() >= FIRST_WITH_STACK_MAPS) {
            return bytes;
        }
        ClassTransform version =
                (builder, element) -> {
                    if (element instanceof ClassFileVersion) {
                        builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
                    } else {
                        builder.with(element);
                    }
                };
        return renewal.transformClass(
                model,
                version.andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
    }

    private static void put(JarOutputStream to, JarEntry like, byte[] bytes) throws IOException {
        JarEntry entry = new JarEntry(like.getName());
        entry.setTime(like.getTime() < 0 ? 0 : like.getTime()); // the same jar from the same one
        to.putNextEntry(entry);
        to.write(bytes);
        to.closeEntry();
    }
}
