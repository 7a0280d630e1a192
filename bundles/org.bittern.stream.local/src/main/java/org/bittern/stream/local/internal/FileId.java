package org.bittern.stream.local.internal;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of a file of a torrent, {@code <info-hash>-<index>}.
 *
 * @param torrent canonical id of the torrent: lower-case hex
 * @param index of the file in the torrent, padding files counted
 */
record FileId(String torrent, int index) {
    private static final Pattern FORM =
            Pattern.compile("([0-9a-fA-F]{40}|[0-9a-fA-F]{64})-(0|[1-9][0-9]{0,7})");

    static Optional<FileId> parse(String text) {
        Matcher id = FORM.matcher(text);
        return id.matches()
                ? Optional.of(
                        new FileId(
                                id.group(1).toLowerCase(Locale.ROOT),
                                Integer.parseInt(id.group(2))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return torrent + "-" + index;
    }
}
