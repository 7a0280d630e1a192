package org.bittern.api.stream;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A file that can be streamed. Immutable: neither its length nor its content ever changes under
 * this id.
 *
 * @param id opaque, safe in a URL, the same after a restart
 * @param group what it belongs to, for playlists; safe in a URL
 * @param groupName for people
 * @param path where it lies, absolute
 * @param name for people: path inside the group, elements joined by '/'
 * @param contentType empty: by the ending of the name
 * @param etag strong entity tag without quotes
 * @param modified a constant moment, for clients without entity tags
 */
public record StreamFile(
        String id,
        String group,
        String groupName,
        Path path,
        String name,
        long lengthBytes,
        Optional<String> contentType,
        String etag,
        Instant modified) {

    public StreamFile {
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("length " + lengthBytes);
        }
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + path);
        }
    }
}
