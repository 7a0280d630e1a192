/** Pieces in memory behind the disk store contract. */
@NullMarked
package org.bittern.disk.memory.internal;

import org.jspecify.annotations.NullMarked;
