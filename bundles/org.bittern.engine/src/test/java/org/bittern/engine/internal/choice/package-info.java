/** Tests of what a torrent decides. */
@NullMarked
package org.bittern.engine.internal.choice;

import org.jspecify.annotations.NullMarked;
