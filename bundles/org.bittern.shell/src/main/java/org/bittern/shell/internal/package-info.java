/** Commands for the Gogo shell. */
@NullMarked
package org.bittern.shell.internal;

import org.jspecify.annotations.NullMarked;
