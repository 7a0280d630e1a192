/** The brain of streaming in another process: it says over a WebSocket what may be read. */
@NullMarked
package org.bittern.stream.remote.internal;

import org.jspecify.annotations.NullMarked;
