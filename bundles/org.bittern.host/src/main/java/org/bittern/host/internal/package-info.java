/** Owner of the one engine of the process and of its orderly exit. */
@NullMarked
package org.bittern.host.internal;

import org.jspecify.annotations.NullMarked;
