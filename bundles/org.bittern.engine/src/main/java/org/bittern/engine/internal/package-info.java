/** Torrent state machines, piece picking, choking and queueing. */
@NullMarked
package org.bittern.engine.internal;

import org.jspecify.annotations.NullMarked;
