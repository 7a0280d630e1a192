/**
 * Message stream encryption (MSE/PE): a handshake that looks like noise, keyed by the info-hash,
 * and RC4 or plaintext after it. It hides the protocol from middle boxes; it keeps no secret from
 * anybody who knows the torrent.
 *
 * <pre>{@code
 * // A→B: Ya, PadA                                              96 + 0..512
 * // B→A: Yb, PadB                                              96 + 0..512
 * // A→B: SHA1('req1', S), SHA1('req2', SKEY) ^ SHA1('req3', S)  20 + 20
 * //      E(VC 8, provide 4, len PadC 2, PadC, len IA 2), E(IA)
 * // B→A: E(VC 8, select 4, len PadD 2, PadD)
 * // then payload, RC4 or plain as selected; S is the secret, SKEY the info-hash, VC eight zeros
 * }</pre>
 */
@NullMarked
package org.bittern.peer.internal.mse;

import org.jspecify.annotations.NullMarked;
