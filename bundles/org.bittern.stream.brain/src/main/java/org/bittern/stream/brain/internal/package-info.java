/** The brain of an I/O side elsewhere: it offers the files of this process over a WebSocket. */
@NullMarked
package org.bittern.stream.brain.internal;

import org.jspecify.annotations.NullMarked;
