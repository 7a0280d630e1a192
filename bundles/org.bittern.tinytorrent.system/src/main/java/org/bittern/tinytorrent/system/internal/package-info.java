/**
 * TinyTorrent's {@code system-*} and {@code app-shutdown}: the desktop around the process, and its
 * end.
 */
@NullMarked
package org.bittern.tinytorrent.system.internal;

import org.jspecify.annotations.NullMarked;
