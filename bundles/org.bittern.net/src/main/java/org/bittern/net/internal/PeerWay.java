package org.bittern.net.internal;

import java.net.InetSocketAddress;

/** How a peer is dialled: from where, and to where first. */
record PeerWay(InetSocketAddress local, TcpDial.Destination destination) {}
