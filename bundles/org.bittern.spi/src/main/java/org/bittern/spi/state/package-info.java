/**
 * What outlives the process: settings, the list of torrents, resume data. Every write is atomic.
 */
@Export
@Version("1.2.0")
@NullMarked
package org.bittern.spi.state;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
