/** Adds the torrent files that appear in a directory. */
@NullMarked
package org.bittern.watchdir.internal;

import org.jspecify.annotations.NullMarked;
