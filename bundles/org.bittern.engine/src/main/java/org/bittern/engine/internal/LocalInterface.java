package org.bittern.engine.internal;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/**
 * A network interface of this machine that is up.
 *
 * @param loopback whether all of 127/8 is here, though only one address is listed
 * @param addresses in the order of the system
 */
record LocalInterface(String name, boolean loopback, List<InetAddress> addresses) {
    LocalInterface {
        addresses = List.copyOf(addresses);
    }

    /** Those of the machine, now; empty when the system does not tell. */
    static List<LocalInterface> present() {
        List<LocalInterface> present = new ArrayList<>();
        try {
            for (NetworkInterface nic : NetworkInterface.networkInterfaces().toList()) {
                if (nic.isUp()) {
                    present.add(
                            new LocalInterface(
                                    nic.getName(), nic.isLoopback(), nic.inetAddresses().toList()));
                }
            }
        } catch (SocketException _) {
            return List.of(); // one vanished while we looked: the next look tells
        }
        return present;
    }

    /** Whether it has this address. */
    boolean owns(InetAddress address) {
        return loopback ? address.isLoopbackAddress() : addresses.contains(address);
    }
}
