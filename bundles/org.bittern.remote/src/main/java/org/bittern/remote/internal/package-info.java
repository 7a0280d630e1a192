/** The commands to a running daemon: ls, add, info, watch and the like. */
@NullMarked
package org.bittern.remote.internal;

import org.jspecify.annotations.NullMarked;
