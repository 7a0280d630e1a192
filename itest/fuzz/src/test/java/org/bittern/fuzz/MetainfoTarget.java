package org.bittern.fuzz;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bittern.metainfo.FileEntry;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;

/** Torrent files (BEP 3, 47, 52): no path leads outside, no two files are one. */
public final class MetainfoTarget {
    private MetainfoTarget() {}

    public static void fuzzerTestOneInput(byte[] input) throws MetainfoException {
        Metainfo read;
        try {
            read = Metainfo.parse(input);
        } catch (MetainfoException _) {
            return; // refused, as it should be
        }
        Set<String> paths = new HashSet<>();
        long end = 0;
        for (FileEntry file : read.files()) {
            requireInside(file.path());
            file.symlinkTarget().ifPresent(MetainfoTarget::requireInside);
            if (!file.pad() && !paths.add(file.pathText())) {
                throw new AssertionError("two files at " + file.pathText());
            }
            if (file.offset() < end) {
                throw new AssertionError("files overlap at " + file.offset());
            }
            end = file.offset() + file.length();
        }
        if (!Metainfo.parse(read.toTorrent()).infoHash().equals(read.infoHash())) {
            throw new AssertionError("another torrent when it is written and read again");
        }
    }

    private static void requireInside(List<String> path) {
        for (String element : path) {
            if (element.isEmpty()
                    || element.equals(".")
                    || element.equals("..")
                    || element.indexOf('/') >= 0
                    || element.indexOf('\0') >= 0) {
                throw new AssertionError("path " + path);
            }
        }
    }
}
