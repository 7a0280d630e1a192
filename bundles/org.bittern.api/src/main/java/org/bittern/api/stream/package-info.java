/**
 * The line between the two halves of streaming: the I/O side, which speaks HTTP and reads files but
 * knows no torrents, and the brain, which knows torrents but never touches HTTP or file data. The
 * brain offers a {@link org.bittern.api.stream.FileCatalog}; the I/O side asks the catalog's {@link
 * org.bittern.api.stream.RangeBrain} for one window of a file after the other.
 */
@Export
@Version("1.3.0")
@NullMarked
package org.bittern.api.stream;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
