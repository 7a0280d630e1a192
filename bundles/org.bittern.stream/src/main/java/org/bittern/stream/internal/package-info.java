/** The I/O side of streaming: HTTP ranges, waiting, file reads. It knows no torrents. */
@NullMarked
package org.bittern.stream.internal;

import org.jspecify.annotations.NullMarked;
