/** Starts what a runtime with one interface needs: the engine if it has one, and the door. */
@NullMarked
package org.bittern.standalone.internal;

import org.jspecify.annotations.NullMarked;
