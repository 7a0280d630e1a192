/** Pieces in files behind the disk store contract. */
@NullMarked
package org.bittern.disk.file.internal;

import org.jspecify.annotations.NullMarked;
