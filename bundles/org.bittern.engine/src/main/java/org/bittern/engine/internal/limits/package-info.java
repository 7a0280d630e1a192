/** Limits of rate and of seeding: who is limited by what, and when. Knows no torrents. */
@NullMarked
package org.bittern.engine.internal.limits;

import org.jspecify.annotations.NullMarked;
