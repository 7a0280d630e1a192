package org.bittern.web.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The file by which programs of the same user find the server: {@code
 * {"port":…,"token":…,"pid":…}}. Only its owner can read it, from its first moment on. Owned by
 * {@link Web}.
 */
final class ConnectionFile {
    private final Path file;

    ConnectionFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    /**
     * Writes it whole or not at all.
     *
     * @param token empty: the launcher knows it already, it is not written
     */
    void write(int port, Optional<String> token) throws IOException {
        Path folder = file.getParent();
        if (folder == null) {
            throw new IOException("no directory: " + file);
        }
        Files.createDirectories(folder);
        // Such files are made for the owner alone, also where the default would be wider.
        Path next =
                folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? Files.createTempFile(
                                folder,
                                file.getFileName() + ".",
                                ".next",
                                PosixFilePermissions.asFileAttribute(
                                        PosixFilePermissions.fromString("rw-------")))
                        : Files.createTempFile(folder, file.getFileName() + ".", ".next");
        try (OutputStream out = Files.newOutputStream(next, StandardOpenOption.WRITE);
                JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("port", port);
            if (token.isPresent()) {
                json.writeStringField("token", token.get());
            }
            json.writeNumberField("pid", ProcessHandle.current().pid());
            json.writeEndObject();
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void remove() throws IOException {
        Files.deleteIfExists(file);
    }
}
