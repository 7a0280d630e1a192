/**
 * Event loops, byte-stream connections, pooled buffers and rate limits: the ground that peers stand
 * on. Who owns a connection or a torrent is always one {@link org.bittern.spi.net.EventLoop}.
 */
@Export
@Version("1.7.0")
@NullMarked
package org.bittern.spi.net;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
