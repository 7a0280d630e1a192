package org.bittern.swap.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Makes small bundles, and puts them where Maven would. */
final class BuiltJars {
    private final Path root;

    BuiltJars(Path root) {
        this.root = root;
    }

    /** A bundle whose content is told apart by a mark. */
    static byte[] bytes(String name, String mark) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Bundle-SymbolicName", name);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            jar.putNextEntry(new JarEntry("mark.txt"));
            jar.write(mark.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    void put(String name, byte[] jar) throws IOException {
        Path target = Files.createDirectories(root.resolve(name).resolve("target"));
        Files.write(target.resolve(name + "-1.jar"), jar);
    }
}
