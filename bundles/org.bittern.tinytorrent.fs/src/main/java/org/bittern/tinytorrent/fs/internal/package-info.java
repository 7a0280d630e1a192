/** TinyTorrent's {@code fs-*}: looking at directories of the machine, and making them. */
@NullMarked
package org.bittern.tinytorrent.fs.internal;

import org.jspecify.annotations.NullMarked;
