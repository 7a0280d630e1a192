/** More routes for the HTTP plane, for tests that look into peers and pieces. */
@NullMarked
package org.bittern.scaffold.debug.internal;

import org.jspecify.annotations.NullMarked;
