package org.bittern.api.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FileReasonTest {
    @Test
    void saysWhyAndNotWhere() {
        assertThat(FileReason.of(new AccessDeniedException("/a"))).isEqualTo("permission denied");
        assertThat(FileReason.of(new NoSuchFileException("/a")))
                .isEqualTo("no such file or directory");
        assertThat(FileReason.of(new FileAlreadyExistsException("/a")))
                .isEqualTo("something else of that name is there");
        assertThat(FileReason.of(new FileSystemException("/a", null, "Not a directory")))
                .isEqualTo("Not a directory");
        assertThat(FileReason.of(new IOException("Is a directory"))).isEqualTo("Is a directory");
        assertThat(FileReason.of(new EOFException())).isEqualTo("EOFException");
    }
}
