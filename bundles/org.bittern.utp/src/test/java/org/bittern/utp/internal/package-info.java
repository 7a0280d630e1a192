/** Tests of uTP: on a virtual clock and network, and over real sockets. */
@NullMarked
package org.bittern.utp.internal;

import org.jspecify.annotations.NullMarked;
