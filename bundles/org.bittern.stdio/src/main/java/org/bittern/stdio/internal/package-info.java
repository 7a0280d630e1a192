/** One JSON object per line on standard input and output. */
@NullMarked
package org.bittern.stdio.internal;

import org.jspecify.annotations.NullMarked;
