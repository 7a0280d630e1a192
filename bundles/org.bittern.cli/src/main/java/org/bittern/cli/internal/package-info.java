/** The commands of the command line: get, seed, create, show. */
@NullMarked
package org.bittern.cli.internal;

import org.jspecify.annotations.NullMarked;
