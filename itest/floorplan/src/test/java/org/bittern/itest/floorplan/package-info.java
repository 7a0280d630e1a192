/** Holds every built bundle to {@code cnf/floors.txt}. */
@NullMarked
package org.bittern.itest.floorplan;

import org.jspecify.annotations.NullMarked;
