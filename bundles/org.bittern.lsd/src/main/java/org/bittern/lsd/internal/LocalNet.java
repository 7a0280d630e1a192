package org.bittern.lsd.internal;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The network interfaces that local discovery uses: those of the addresses that we are bound to, or
 * all that lead to a local network. Immutable; looked up anew each time, for they come and go.
 */
final class LocalNet {
    /** Addresses of one interface that we announce from. */
    private static final int MAX_ADDRESSES = 4;

    private final List<Place> places;

    /** An address of ours and its interface. */
    record Place(InetAddress address, NetworkInterface nic) {}

    private LocalNet(List<Place> places) {
        this.places = List.copyOf(places);
    }

    /**
     * What is there now.
     *
     * @param bind our addresses; empty: any
     */
    static LocalNet now(List<InetAddress> bind) throws SocketException {
        List<Place> places = new ArrayList<>();
        List<NetworkInterface> all = NetworkInterface.networkInterfaces().toList();
        for (NetworkInterface nic : all) {
            try {
                places.addAll(places(nic, bind));
            } catch (SocketException _) {
                // it has gone since it was listed; the others are there
            }
        }
        return new LocalNet(places);
    }

    private static List<Place> places(NetworkInterface nic, List<InetAddress> bind)
            throws SocketException {
        List<Place> places = new ArrayList<>();
        if (!nic.isUp()) {
            return places;
        }
        if (nic.supportsMulticast() && !nic.isLoopback() && !nic.isPointToPoint()) {
            nic.inetAddresses()
                    .filter(address -> isAnyOf(bind, address))
                    .limit(MAX_ADDRESSES)
                    .forEach(address -> places.add(new Place(address, nic)));
        }
        bind.stream()
                .filter(address -> owns(nic, address))
                .forEach(address -> places.add(new Place(address, nic)));
        return places;
    }

    /** Whether every address of this family will do. */
    private static boolean isAnyOf(List<InetAddress> bind, InetAddress address) {
        return bind.isEmpty()
                || bind.stream()
                        .filter(InetAddress::isAnyLocalAddress)
                        .anyMatch(any -> any.getClass().equals(address.getClass()));
    }

    private static boolean owns(NetworkInterface nic, InetAddress address) {
        try { // all of 127/8 is on the loopback interface, though it lists only one
            return nic.isLoopback()
                    ? address.isLoopbackAddress()
                    : nic.inetAddresses().anyMatch(address::equals);
        } catch (SocketException _) {
            return false; // it is gone
        }
    }

    List<Place> places() {
        return places;
    }

    /** Whether an address is in one of these networks: nobody else may send to the group. */
    boolean reaches(InetAddress other) {
        for (Place place : places) {
            boolean sameFamily =
                    place.address instanceof Inet4Address == other instanceof Inet4Address;
            if (sameFamily && (other.isLinkLocalAddress() || onLink(place.nic, other))) {
                return true;
            }
        }
        return false;
    }

    private static boolean onLink(NetworkInterface nic, InetAddress other) {
        for (InterfaceAddress ours : nic.getInterfaceAddresses()) {
            if (samePrefix(
                    ours.getAddress().getAddress(),
                    other.getAddress(),
                    ours.getNetworkPrefixLength())) {
                return true;
            }
        }
        return false;
    }

    static boolean samePrefix(byte[] one, byte[] two, int bits) {
        if (one.length != two.length || bits < 0 || bits > 8 * one.length) {
            return false;
        }
        int whole = bits / 8;
        int rest = bits % 8;
        return Arrays.equals(one, 0, whole, two, 0, whole)
                && (rest == 0 || ((one[whole] ^ two[whole]) & 0xff) >> (8 - rest) == 0);
    }
}
