package org.bittern.metainfo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BList;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BWriter;

/** A v1 torrent file for tests, right unless it is told to be wrong. */
final class Torrent {
    private static final int PIECE = 16_384;

    private final List<BValue> files = new ArrayList<>();
    private final BDict.Builder info = BDict.builder();
    private final BDict.Builder outer = BDict.builder();
    private long total;

    Torrent(String name) {
        info.put("name", name).put("piece length", PIECE);
    }

    Torrent file(long length, String... path) {
        return file(length, file -> file, path);
    }

    Torrent file(long length, UnaryOperator<BDict.Builder> more, String... path) {
        files.add(
                more.apply(BDict.builder().put("length", length).put("path", strings(path)))
                        .build());
        total += length;
        return this;
    }

    Torrent link(String[] target, String... path) {
        return file(0, file -> file.put("attr", "l").put("symlink path", strings(target)), path);
    }

    Torrent info(String key, BValue value) {
        info.put(key, value);
        return this;
    }

    Torrent outer(String key, String value) {
        return outer(key, BString.of(value));
    }

    Torrent outer(String key, BValue value) {
        outer.put(key, value);
        return this;
    }

    BDict infoDict() {
        BDict.Builder all = BDict.builder();
        all.put("files", new BList(files));
        all.put("pieces", new byte[(int) ((total + PIECE - 1) / PIECE) * 20]);
        info.build().forEach(all::put);
        return all.build();
    }

    byte[] bytes() {
        return BWriter.write(outer.put("info", infoDict()).build());
    }

    Metainfo parse() throws MetainfoException {
        return Metainfo.parse(bytes());
    }

    static BList strings(String... values) {
        return new BList(Arrays.stream(values).<BValue>map(BString::of).toList());
    }
}
