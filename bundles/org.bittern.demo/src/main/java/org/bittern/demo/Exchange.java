package org.bittern.demo;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.osgi.framework.startlevel.BundleStartLevel;

/** The ways in which a bundle that exports nothing can be replaced by its next build. */
public enum Exchange {
    /** The framework reads the jar again; the bundle keeps its number. */
    UPDATE("update") {
        @Override
        public Bundle exchange(Bundle bundle, BundleContext context) throws BundleException {
            bundle.update();
            return bundle;
        }
    },
    /** The bundle is stopped and started: for a moment it is gone. */
    RESTART("stop, start") {
        @Override
        public Bundle exchange(Bundle bundle, BundleContext context) throws BundleException {
            bundle.stop();
            bundle.start();
            return bundle;
        }
    },
    /** The next version is installed and started before the old one is stopped and removed. */
    SIDE_BY_SIDE("side by side") {
        @Override
        public Bundle exchange(Bundle bundle, BundleContext context)
                throws BundleException, IOException {
            int number = GENERATION.incrementAndGet();
            String jar = bundle.getLocation().replaceFirst("^reference:", "").split("#", 2)[0];
            byte[] next = successor(Path.of(URI.create(jar)), bundle.getVersion(), number);
            Bundle successor =
                    context.installBundle(jar + "#" + number, new ByteArrayInputStream(next));
            successor
                    .adapt(BundleStartLevel.class)
                    .setStartLevel(bundle.adapt(BundleStartLevel.class).getStartLevel());
            successor.start();
            bundle.stop();
            bundle.uninstall();
            return successor;
        }
    };

    private static final AtomicInteger GENERATION = new AtomicInteger();

    private final String words;

    Exchange(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }

    /**
     * Replaces a running bundle.
     *
     * @param context of a bundle that stays
     * @return the bundle that runs now
     * @throws IOException its jar cannot be read
     */
    public abstract Bundle exchange(Bundle bundle, BundleContext context)
            throws BundleException, IOException;

    /** The same jar with a version of its own: a framework holds no two of one name and version. */
    private static byte[] successor(Path jar, Version version, int number) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (InputStream file = Files.newInputStream(jar);
                JarInputStream in = new JarInputStream(file)) {
            Manifest manifest = new Manifest(in.getManifest());
            manifest.getMainAttributes()
                    .put(
                            new Attributes.Name(Constants.BUNDLE_VERSION),
                            "%d.%d.%d.next-%d"
                                    .formatted(
                                            version.getMajor(),
                                            version.getMinor(),
                                            version.getMicro(),
                                            number));
            try (JarOutputStream out = new JarOutputStream(bytes, manifest)) {
                for (JarEntry entry = in.getNextJarEntry();
                        entry != null;
                        entry = in.getNextJarEntry()) {
                    out.putNextEntry(new JarEntry(entry.getName()));
                    in.transferTo(out);
                    out.closeEntry();
                }
            }
        }
        return bytes.toByteArray();
    }
}
