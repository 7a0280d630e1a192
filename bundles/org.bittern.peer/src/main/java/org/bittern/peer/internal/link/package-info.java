/** Links on connections: handshakes, the receive path, the send path. */
@NullMarked
package org.bittern.peer.internal.link;

import org.jspecify.annotations.NullMarked;
