/** The process that people run: it starts the engine, opens the door, and obeys signals. */
@NullMarked
package org.bittern.daemon.internal;

import org.jspecify.annotations.NullMarked;
