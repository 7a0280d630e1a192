/** Answers {@code GET /@path@}. */
@NullMarked
package @bundle@.internal;

import org.jspecify.annotations.NullMarked;
