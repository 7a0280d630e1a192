package org.bittern.dht.internal;

import java.net.InetSocketAddress;

/** A node and where it is. */
record Contact(NodeId id, InetSocketAddress address) {}
