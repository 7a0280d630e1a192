/**
 * A world for whole swarms in one JVM: virtual time, a network, disks and stored sessions, all
 * repeatable from one seed. The engine and the peer protocol in it are the real ones.
 */
@NullMarked
package org.bittern.simulation;

import org.jspecify.annotations.NullMarked;
