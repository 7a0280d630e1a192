package org.bittern.swap.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

@Timeout(20)
final class TrustedFolderTest {
    /** Below /tmp, as the folders of a project may be open to a group. */
    @TempDir(factory = InTmp.class)
    private Path parent = Path.of(".");

    private Path folder = Path.of(".");
    private Path jar = Path.of(".");

    @BeforeEach
    void makeJar() throws IOException {
        folder = Files.createDirectory(parent.resolve("jars"));
        permit(folder, "rwxr-xr-x");
        jar = folder.resolve("a b.jar");
        Files.write(jar, bundle("Bundle-SymbolicName", "org.example.a;singleton:=true"));
        permit(jar, "rw-r--r--");
        list(BundleJar.sha256(Files.readAllBytes(jar)) + "  a b.jar\n");
    }

    @Test
    void readsAJarWhoseSumIsListed() throws Exception {
        BundleJar read = TrustedFolder.listedJar(jar.toString());

        assertThat(read.symbolicName()).isEqualTo("org.example.a");
        assertThat(read.exports()).isFalse();
        assertThat(read.alone()).isFalse();
        assertThat(read.bytes()).isEqualTo(Files.readAllBytes(jar));
    }

    @Test
    void takesTheFormOfBinarySumsToo() throws Exception {
        list(
                BundleJar.sha256(Files.readAllBytes(jar)).toUpperCase(java.util.Locale.ROOT)
                        + " *a b.jar");

        assertThat(TrustedFolder.listedJar(jar.toString()).symbolicName())
                .isEqualTo("org.example.a");
    }

    @Test
    void refusesAnotherContentThanTheListedOne() throws IOException {
        Files.write(jar, bundle("Bundle-SymbolicName", "org.example.b"));

        assertRefused("has the sum");
    }

    @Test
    void takesTheLastSumOfAJarThatWasListedBefore() throws Exception {
        String now = BundleJar.sha256(Files.readAllBytes(jar));
        list("0".repeat(64) + "  a b.jar\n" + now + "  a b.jar\n");
        assertThat(TrustedFolder.listedJar(jar.toString()).sha256()).isEqualTo(now);

        list(now + "  a b.jar\n" + "0".repeat(64) + "  a b.jar\n");
        assertRefused("has the sum");
    }

    @Test
    void refusesWhatIsNotListed() throws IOException {
        list("0".repeat(64) + "  other.jar\n");
        assertRefused("has no line in");

        Files.delete(folder.resolve(TrustedFolder.LIST));
        assertRefused("there is no list");
    }

    @Test
    void refusesWhatOthersCanWrite() throws IOException {
        permit(jar, "rw-rw-r--");
        assertRefused("a b.jar can be written by others");

        permit(jar, "rw-r--r--");
        permit(folder, "rwxr-xrwx");
        assertRefused("jars can be written by others");

        permit(folder, "rwxr-xr-x");
        permit(folder.resolve(TrustedFolder.LIST), "rw--w----");
        assertRefused("SHA256SUMS can be written by others");
    }

    @Test
    void refusesAFolderThatOthersCanExchange() throws IOException {
        permit(parent, "rwxrwxrwx");

        assertRefused("can be written by others");
    }

    @Test
    void takesWhatWasJustBuiltWithoutAList() throws Exception {
        Files.delete(folder.resolve(TrustedFolder.LIST));
        permit(folder, "rwxrwxr-x");
        assertThat(TrustedFolder.builtJar(jar).symbolicName()).isEqualTo("org.example.a");

        permit(jar, "rw-r--rw-");
        assertThatThrownBy(() -> TrustedFolder.builtJar(jar))
                .hasMessageContaining("can be written by others");
    }

    @Test
    void refusesWhatIsNoBundle() throws IOException {
        Files.writeString(jar, "nonsense");
        list(BundleJar.sha256(Files.readAllBytes(jar)) + "  a b.jar\n");
        assertRefused("is no bundle");

        Files.write(jar, bundle("Fragment-Host", "org.example.a"));
        list(BundleJar.sha256(Files.readAllBytes(jar)) + "  a b.jar\n");
        assertRefused("is no bundle");
    }

    @Test
    void looksAtWhereALinkLeads() throws IOException {
        Path open = Files.createDirectory(parent.resolve("open"));
        permit(open, "rwxrwxrwx");
        Path there = Files.move(jar, open.resolve("a b.jar"));
        Files.createSymbolicLink(jar, there);

        assertRefused("open can be written by others");
    }

    @Test
    void refusesFoldersAndNothing() {
        assertThatThrownBy(() -> TrustedFolder.listedJar(folder.toString()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("is no file");
        assertThatThrownBy(() -> TrustedFolder.listedJar(folder.resolve("none").toString()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("there is no file");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> TrustedFolder.listedJar(jar.toString()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(why);
    }

    private void list(String text) throws IOException {
        Path list = folder.resolve(TrustedFolder.LIST);
        Files.writeString(list, text);
        permit(list, "rw-r--r--");
    }

    /** Makes directories in /tmp. */
    static final class InTmp implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
                throws IOException {
            return Files.createTempDirectory(Path.of("/tmp"), "swap-");
        }
    }

    private static void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static byte[] bundle(String header, String value) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue(header, value);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new JarOutputStream(bytes, manifest).close();
        return bytes.toByteArray();
    }
}
