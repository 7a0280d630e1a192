/** The command: a download, in the middle of which all of the engine's parts are exchanged. */
@NullMarked
package org.bittern.demo.internal;

import org.jspecify.annotations.NullMarked;
