/** What an operator counts, as text for Prometheus. */
@NullMarked
package org.bittern.metrics.internal;

import org.jspecify.annotations.NullMarked;
