/** The peer protocol behind the contract of the engine. */
@NullMarked
package org.bittern.peer.internal;

import org.jspecify.annotations.NullMarked;
