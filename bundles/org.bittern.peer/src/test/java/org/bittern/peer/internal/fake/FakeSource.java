package org.bittern.peer.internal.fake;

import static org.bittern.peer.internal.fake.Frames.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.bittern.spi.disk.BlockSource;
import org.bittern.spi.net.PooledBuffer;

/** Blocks of the test torrent to be sent. */
public final class FakeSource {
    private FakeSource() {}

    public static BlockSource memory(FakePool pool, int piece, int begin, int length) {
        PooledBuffer buffer = pool.take(length);
        buffer.bytes().put(content(piece, begin, length)).flip();
        return new BlockSource.Memory(buffer, length);
    }

    /** The block lies in two files, with other bytes around it. */
    public static BlockSource files(
            Path directory, int piece, int begin, int length, Runnable hold) {
        byte[] bytes = content(piece, begin, length);
        int cut = length / 3;
        try {
            FileChannel one = file(directory, 100, ByteBuffer.wrap(bytes, 0, cut));
            FileChannel two = file(directory, 7, ByteBuffer.wrap(bytes, cut, length - cut));
            return new BlockSource.Files(
                    List.of(
                            new BlockSource.Region(one, 100, cut),
                            new BlockSource.Region(two, 7, length - cut)),
                    length,
                    () -> {
                        close(one);
                        close(two);
                        hold.run();
                    });
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same block, of which the last file lacks a byte. */
    public static BlockSource tooLong(BlockSource source) {
        BlockSource.Files files = (BlockSource.Files) source;
        BlockSource.Region last = files.regions().getLast();
        return new BlockSource.Files(
                List.of(
                        files.regions().getFirst(),
                        new BlockSource.Region(last.file(), last.position(), last.length() + 1)),
                files.length() + 1,
                files.hold());
    }

    private static FileChannel file(Path directory, int at, ByteBuffer bytes) throws IOException {
        Path path = Files.createTempFile(directory, "block", ".bin");
        FileChannel file =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        file.write(bytes, at);
        return file;
    }

    private static void close(FileChannel file) {
        try {
            file.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
