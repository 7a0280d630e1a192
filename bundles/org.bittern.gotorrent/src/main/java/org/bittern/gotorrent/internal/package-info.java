/** The REST interface of GoTorrentServer: its paths, key names, units and statuses. */
@NullMarked
package org.bittern.gotorrent.internal;

import org.jspecify.annotations.NullMarked;
