/** The test control plane over stdin and stdout: one JSON object a line. */
@NullMarked
package org.bittern.stdio.internal;

import org.jspecify.annotations.NullMarked;
