/**
 * What a torrent says about its content: info-hash, files, pieces, hashes, in the forms v1 (BEP 3),
 * v2 (BEP 52) and hybrid; magnet links (BEP 9, 53); the mapping of pieces to files; making
 * torrents. Everything here checks input from strangers against {@link
 * org.bittern.metainfo.MetainfoLimits}. No threads, no files, no network.
 */
@Export
@Version("1.3.0")
@NullMarked
package org.bittern.metainfo;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
