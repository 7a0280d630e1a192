/** Event loops, sockets and rates behind the contracts of the network service. */
@NullMarked
package org.bittern.net.internal;

import org.jspecify.annotations.NullMarked;
