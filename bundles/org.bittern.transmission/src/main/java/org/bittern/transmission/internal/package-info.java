/** Transmission's RPC: envelopes, methods, fields. Talks to the engine by its host only. */
@NullMarked
package org.bittern.transmission.internal;

import org.jspecify.annotations.NullMarked;
