/** The Kademlia DHT of BitTorrent (BEP 5, 32, 42 to 44, 51) behind the discovery contract. */
@NullMarked
package org.bittern.dht.internal;

import org.jspecify.annotations.NullMarked;
