package org.bittern.swap.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.jar.Attributes;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;

/**
 * A bundle as bytes in memory: what was checked is what is installed, whatever happens to the file
 * meanwhile. Immutable.
 *
 * @param alone whether two of it cannot run at a time: its manifest says {@code Bittern-Swap:
 *     update}, as it owns something that exists once (standard input, the start of the engine)
 */
record BundleJar(
        String symbolicName, String version, boolean exports, boolean alone, byte[] bytes) {
    /** Header of bundles that are never run beside another version of themselves. */
    static final String HEADER = "Bittern-Swap";

    private static final String UPDATE = "update";
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    /**
     * Reads the manifest.
     *
     * @param source for messages
     */
    static BundleJar of(String source, byte[] bytes) throws Refusal {
        Manifest manifest;
        try (JarInputStream jar = new JarInputStream(new ByteArrayInputStream(bytes))) {
            manifest = jar.getManifest();
        } catch (IOException e) {
            throw new Refusal(source + " is no jar: " + e.getMessage(), e);
        }
        Attributes main = manifest == null ? new Attributes() : manifest.getMainAttributes();
        String name = main.getValue(Constants.BUNDLE_SYMBOLICNAME);
        if (name == null) {
            throw new Refusal(source + " is no bundle: its manifest names no Bundle-SymbolicName");
        }
        if (main.getValue(Constants.FRAGMENT_HOST) != null) {
            throw new Refusal(source + " is a fragment, which cannot be swapped");
        }
        String version = main.getValue(Constants.BUNDLE_VERSION);
        return new BundleJar(
                withoutDirectives(name),
                version == null ? "0" : version,
                main.getValue(Constants.EXPORT_PACKAGE) != null,
                UPDATE.equals(main.getValue(HEADER)),
                bytes);
    }

    /** What a bundle consists of now, as a jar; its file may have been replaced since. */
    static BundleJar of(Bundle bundle) throws Refusal {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        URL manifest = bundle.getEntry(MANIFEST);
        Enumeration<URL> found = bundle.findEntries("/", "*", true);
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            if (manifest != null) {
                copy(MANIFEST, manifest, jar); // first, or JarInputStream does not see it
            }
            for (URL entry :
                    Collections.list(found == null ? Collections.emptyEnumeration() : found)) {
                String path = entry.getPath().replaceFirst("^/+", "");
                if (!path.endsWith("/") && !path.equals(MANIFEST)) {
                    copy(path, entry, jar);
                }
            }
        } catch (IOException e) {
            throw new Refusal("cannot keep a copy of " + bundle.getSymbolicName(), e);
        }
        return of(bundle.getSymbolicName(), bytes.toByteArray());
    }

    private static void copy(String path, URL from, JarOutputStream jar) throws IOException {
        jar.putNextEntry(new ZipEntry(path));
        try (InputStream in = from.openStream()) {
            in.transferTo(jar);
        }
        jar.closeEntry();
    }

    InputStream open() {
        return new ByteArrayInputStream(bytes);
    }

    String sha256() {
        return sha256(bytes);
    }

    /** Lower-case hexadecimal digits. */
    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String withoutDirectives(String name) {
        int end = name.indexOf(';');
        return (end < 0 ? name : name.substring(0, end)).strip();
    }
}
