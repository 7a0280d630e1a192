/** Owns the one engine of the process, its stored session, and the end of the process. */
@NullMarked
package org.bittern.host.internal;

import org.jspecify.annotations.NullMarked;
