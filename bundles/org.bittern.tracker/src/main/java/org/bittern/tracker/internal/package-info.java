/** HTTP and UDP trackers behind the discovery contract. */
@NullMarked
package org.bittern.tracker.internal;

import org.jspecify.annotations.NullMarked;
