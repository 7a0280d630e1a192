/**
 * What a torrent decides: which block to ask of whom, whom to unchoke, whom to dial, whom to ban.
 * Pure logic without I/O, threads or services; time and chance come in as parameters.
 */
@NullMarked
package org.bittern.engine.internal.choice;

import org.jspecify.annotations.NullMarked;
