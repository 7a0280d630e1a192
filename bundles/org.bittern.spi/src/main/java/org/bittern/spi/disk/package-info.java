/**
 * Where pieces live. A store writes blocks, hashes pieces, reads blocks back and moves or deletes
 * files, all off the loops; answers come back on the torrent's loop.
 */
@Export
@Version("1.5.0")
@NullMarked
package org.bittern.spi.disk;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
