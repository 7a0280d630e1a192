/** Tests that look into the framework which the launcher has started: hence its package. */
@NullMarked
package org.bittern.launcher;

import org.jspecify.annotations.NullMarked;
