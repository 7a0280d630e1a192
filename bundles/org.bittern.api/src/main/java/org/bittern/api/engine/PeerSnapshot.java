package org.bittern.api.engine;

import java.net.InetSocketAddress;

/**
 * A connected peer at one moment.
 *
 * @param peerId 20 bytes, shared: do not change
 * @param client readable name and version from the extension handshake or the peer id
 * @param transport {@code tcp} or {@code utp}
 * @param source where we heard of it: {@code incoming, tracker, dht, pex, lsd, manual, resume}
 * @param progress 0.0 to 1.0 of all pieces
 * @param amChoking we choke it
 * @param amInterested we want something of it
 * @param requestsOut our requests that it has not answered
 * @param requestsIn its requests that we have not answered
 * @param pieces wire-format bitfield of what it has, shared: do not change
 */
public record PeerSnapshot(
        InetSocketAddress address,
        byte[] peerId,
        String client,
        String transport,
        String source,
        boolean incoming,
        boolean encrypted,
        double progress,
        boolean amChoking,
        boolean amInterested,
        boolean peerChoking,
        boolean peerInterested,
        boolean snubbed,
        boolean optimistic,
        int requestsOut,
        int requestsIn,
        long downloadRate,
        long uploadRate,
        long downloadedBytes,
        long uploadedBytes,
        byte[] pieces) {}
