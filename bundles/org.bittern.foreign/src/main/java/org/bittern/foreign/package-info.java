/**
 * Reads what Transmission and programs on libtorrent (qBittorrent, Deluge) stored of their
 * torrents, and makes requests of it. Nothing there is changed.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.bittern.foreign;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
