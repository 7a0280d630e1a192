/** The brain of streaming for the torrents of this process: it knows pieces and reads no files. */
@NullMarked
package org.bittern.stream.local.internal;

import org.jspecify.annotations.NullMarked;
