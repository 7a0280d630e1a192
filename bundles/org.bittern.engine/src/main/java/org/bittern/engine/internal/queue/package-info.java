/** Whose turn it is: the order of the torrents, and who of them runs. Knows no torrents. */
@NullMarked
package org.bittern.engine.internal.queue;

import org.jspecify.annotations.NullMarked;
