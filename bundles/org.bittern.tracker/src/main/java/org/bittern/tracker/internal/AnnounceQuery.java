package org.bittern.tracker.internal;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.bittern.bencode.BString;
import org.bittern.spi.discovery.SearchSpec;
import org.jspecify.annotations.Nullable;

/** The query of an announce over HTTP (BEP 3, 7, 23). No state, any thread. */
final class AnnounceQuery {
    private static final String UNRESERVED =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private AnnounceQuery() {}

    /**
     * The parameters.
     *
     * @param remote the tracker: over one address family we tell our address of the other; null
     *     behind a proxy, where we tell none
     */
    static String of(AnnounceRequest request, @Nullable InetAddress remote) {
        SearchSpec spec = request.spec();
        SearchSpec.Tally tally = request.tally();
        StringBuilder query =
                new StringBuilder(384)
                        .append("info_hash=")
                        .append(escaped(request.swarm()))
                        .append("&peer_id=")
                        .append(escaped(spec.peerId()))
                        .append("&port=")
                        .append(request.port())
                        .append("&uploaded=")
                        .append(tally.uploadedBytes())
                        .append("&downloaded=")
                        .append(tally.downloadedBytes())
                        .append("&left=")
                        .append(request.leftBytes())
                        .append("&corrupt=")
                        .append(tally.corruptBytes())
                        .append("&key=")
                        .append("%08X".formatted(spec.key()));
        if (request.event() != AnnounceEvent.NONE) {
            query.append("&event=").append(request.event().word());
        }
        query.append("&numwant=").append(request.wanted()).append("&compact=1&no_peer_id=1");
        request.trackerId()
                .map(BString::bytes)
                .map(AnnounceQuery::escaped)
                .ifPresent(id -> query.append("&trackerid=").append(id));
        if (remote != null) {
            new Binding(spec.bind())
                    .otherFamily(remote)
                    .ifPresent(ours ->
                            query.append(ours instanceof Inet6Address ? "&ipv6=" : "&ipv4=")
                                    .append(literal(ours)));
        }
        return query.toString();
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return (zone < 0 ? text : text.substring(0, zone)).replace(":", "%3A");
    }

    /** Bytes with all but RFC 3986's unreserved characters escaped. */
    static String escaped(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length * 3);
        for (byte b : bytes) {
            boolean plain = UNRESERVED.indexOf(b) >= 0;
            if (plain) {
                out.append((char) b);
            } else {
                out.append("%%%02X".formatted(b & 0xff));
            }
        }
        return out.toString();
    }
}
