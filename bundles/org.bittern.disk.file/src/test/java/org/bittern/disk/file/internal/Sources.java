package org.bittern.disk.file.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.bittern.spi.disk.BlockSource;

/** Takes bytes out of block sources as a link would. */
final class Sources {
    private Sources() {}

    static byte[] bytes(BlockSource source) {
        ByteBuffer all = ByteBuffer.allocate(source.length());
        switch (source) {
            case BlockSource.Memory memory -> all.put(memory.buffer().bytes());
            case BlockSource.Files files -> {
                for (BlockSource.Region region : files.regions()) {
                    ByteBuffer part = ByteBuffer.allocate(region.length());
                    try {
                        int read = region.file().read(part, region.position());
                        if (read != region.length()) {
                            throw new IllegalStateException("read " + read);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    all.put(part.flip());
                }
            }
        }
        if (all.hasRemaining()) {
            throw new IllegalStateException(all.remaining() + " bytes are missing");
        }
        return all.array();
    }
}
