package org.bittern.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Makes jars that differ from built ones, in a folder with their sums beside them. */
final class JarCopies {
    private static final Map<String, UnaryOperator<String>> SAME = Map.of();

    private final Path folder;

    JarCopies(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    /** With one more entry in it, so that its sum is another one. */
    Path marked(Path jar, String name, String mark) throws IOException {
        return copy(jar, name, mark, SAME);
    }

    /** With other text in the entries that lie below a folder. */
    Path changed(Path jar, String name, String below, UnaryOperator<String> change)
            throws IOException {
        return copy(jar, name, name, Map.of(below, change));
    }

    private Path copy(
            Path jar, String name, String mark, Map<String, UnaryOperator<String>> changes)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar));
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] content = in.readAllBytes();
                for (Map.Entry<String, UnaryOperator<String>> change : changes.entrySet()) {
                    if (entry.getName().startsWith(change.getKey()) && content.length > 0) {
                        String text = new String(content, StandardCharsets.UTF_8);
                        content = change.getValue().apply(text).getBytes(StandardCharsets.UTF_8);
                    }
                }
                out.putNextEntry(entry(entry.getName()));
                out.write(content);
            }
            out.putNextEntry(entry("mark.txt"));
            out.write(mark.getBytes(StandardCharsets.UTF_8));
        }
        Path target = folder.resolve(name);
        Path next = folder.resolve(name + ".next");
        Files.write(next, bytes.toByteArray());
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(next, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        return target;
    }

    /** Of one time for all, so that the same content gives the same jar. */
    private static ZipEntry entry(String name) {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
        return entry;
    }

    /** Writes {@code SHA256SUMS} with these and no others. */
    void list(Path... jars) throws IOException, NoSuchAlgorithmException {
        StringBuilder lines = new StringBuilder();
        for (Path jar : jars) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            lines.append(HexFormat.of().formatHex(digest.digest(Files.readAllBytes(jar))))
                    .append("  ")
                    .append(jar.getFileName())
                    .append('\n');
        }
        Path list = folder.resolve("SHA256SUMS");
        Files.writeString(list, lines.toString());
        Files.setPosixFilePermissions(list, PosixFilePermissions.fromString("rw-r--r--"));
    }
}
