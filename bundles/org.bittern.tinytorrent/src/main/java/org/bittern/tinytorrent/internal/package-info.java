/** TinyTorrent's RPC-Extended: the probe, fields and settings beyond Transmission's. */
@NullMarked
package org.bittern.tinytorrent.internal;

import org.jspecify.annotations.NullMarked;
