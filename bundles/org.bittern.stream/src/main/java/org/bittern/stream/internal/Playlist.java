package org.bittern.stream.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.bittern.api.stream.StreamFile;

/**
 * What players are told of the files of torrents: a playlist in M3U, and which file is the main
 * one. Subtitles and sound tracks that lie beside a film and begin with its name go with it.
 */
final class Playlist {
    static final String CONTENT_TYPE = "audio/x-mpegurl; charset=utf-8";

    private Playlist() {}

    /**
     * Writes a playlist of all that can be played; of one group without any of that, of all its
     * files.
     *
     * @param url gives each file its absolute URL
     */
    static String of(List<StreamFile> files, Function<StreamFile, String> url) {
        List<StreamFile> entries = playable(files);
        StringBuilder text = new StringBuilder("#EXTM3U\n");
        for (StreamFile entry : entries) {
            text.append("#EXTINF:-1,").append(line(title(entry))).append('\n');
            for (StreamFile companion : companions(entry, files)) {
                text.append("#EXTVLCOPT:")
                        .append(
                                MediaTypes.subtitles(companion.name())
                                        ? "sub-file="
                                        : "input-slave=")
                        .append(url.apply(companion))
                        .append('\n');
            }
            text.append(url.apply(entry)).append('\n');
        }
        return text.toString();
    }

    /** The films; else what can be listened to; in natural order of their names. */
    static List<StreamFile> playable(List<StreamFile> files) {
        List<StreamFile> found = new ArrayList<>();
        files.stream().filter(file -> MediaTypes.video(file.name())).forEach(found::add);
        for (StreamFile file : files) {
            boolean alone = found.stream().noneMatch(film -> isCompanion(film, file));
            if (MediaTypes.audio(file.name()) && alone) {
                found.add(file);
            }
        }
        found.sort(
                Comparator.comparing(StreamFile::groupName, NaturalOrder.NAMES)
                        .thenComparing(StreamFile::group)
                        .thenComparing(StreamFile::name, NaturalOrder.NAMES));
        return found;
    }

    /** The file that a person most likely means: the largest film, else the largest sound. */
    static Optional<StreamFile> main(List<StreamFile> files) {
        Comparator<StreamFile> order =
                Comparator.comparing((StreamFile file) -> MediaTypes.video(file.name()))
                        .thenComparing(file -> MediaTypes.audio(file.name()))
                        .thenComparing(file -> !isSample(file))
                        .thenComparingLong(StreamFile::lengthBytes);
        return files.stream().max(order);
    }

    private static boolean isSample(StreamFile file) {
        return file.name().toLowerCase(Locale.ROOT).matches("(?s)(.*[^a-z])?sample([^a-z].*)?");
    }

    private static List<StreamFile> companions(StreamFile film, List<StreamFile> files) {
        return files.stream()
                .filter(file -> isCompanion(film, file))
                .sorted(Comparator.comparing(StreamFile::name, NaturalOrder.NAMES))
                .toList();
    }

    /** Whether a file lies beside a film (or in a folder beside it) and begins with its name. */
    private static boolean isCompanion(StreamFile film, StreamFile file) {
        boolean kind = MediaTypes.subtitles(file.name()) || MediaTypes.audio(file.name());
        if (!kind || !MediaTypes.video(film.name()) || !film.group().equals(file.group())) {
            return false;
        }
        String stem = stem(last(film.name()));
        String other = stem(last(file.name()));
        boolean below = file.name().startsWith(folder(film.name()));
        return below && (other.equals(stem) || other.startsWith(stem + "."));
    }

    private static String title(StreamFile file) {
        return last(file.name());
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static String folder(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    private static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 1 ? name : name.substring(0, dot);
    }

    /** A name cannot add lines of its own. */
    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
