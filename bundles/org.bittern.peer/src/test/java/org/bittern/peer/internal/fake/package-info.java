/** A network without sockets and threads, on a virtual clock. */
@NullMarked
package org.bittern.peer.internal.fake;

import org.jspecify.annotations.NullMarked;
