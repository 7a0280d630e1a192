/** Replaces bundles of the running framework, and listens to commands of the same user. */
@NullMarked
package org.bittern.swap.internal;

import org.jspecify.annotations.NullMarked;
