/** The formats of other programs. */
@NullMarked
package org.bittern.foreign.internal;

import org.jspecify.annotations.NullMarked;
