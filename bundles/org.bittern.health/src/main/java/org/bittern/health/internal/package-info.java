/** Health checks for the executor of Felix. */
@NullMarked
package org.bittern.health.internal;

import org.jspecify.annotations.NullMarked;
