/** Runtimes inside a real framework: wiring, and parts that come and go. */
@NullMarked
package org.bittern.itest.osgi;

import org.jspecify.annotations.NullMarked;
