/** The commands get, seed, create and show. */
@NullMarked
package org.bittern.cli.internal;

import org.jspecify.annotations.NullMarked;
