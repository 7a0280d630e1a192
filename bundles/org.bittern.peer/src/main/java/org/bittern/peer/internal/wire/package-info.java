/**
 * Bytes of the peer protocol and what they mean: no input or output, no state but what a peer
 * announced.
 */
@NullMarked
package org.bittern.peer.internal.wire;

import org.jspecify.annotations.NullMarked;
