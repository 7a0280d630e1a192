package org.bittern.transmission.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.bittern.api.engine.PeerSnapshot;
import org.bittern.api.engine.TorrentSnapshot.Origins;
import org.bittern.rpc.RpcWriter;

/** Fields of {@code torrent-get} about peers. */
final class PeerFields {
    static final List<Field> ALL =
            List.of(
                    Field.of("peers", Field.Need.PEERS, PeerFields::peers),
                    Field.number("peersConnected", row -> row.now().swarm().connected()),
                    new Field("peersFrom", Set.of(), PeerFields::peersFrom),
                    Field.number("peersGettingFromUs", row -> row.now().swarm().gettingFromUs()),
                    Field.number("peersSendingToUs", row -> row.now().swarm().sendingToUs()),
                    Field.number("webseedsSendingToUs", row -> row.now().swarm().webSeeds()),
                    Field.of("webseeds_ex", Field.Need.WEB_SEEDS, PeerFields::webSeeds));

    private PeerFields() {}

    private static void peersFrom(Row row, RpcWriter out) throws IOException {
        Origins from = row.now().swarm().origins();
        out.beginObject();
        out.number("fromCache", from.resume());
        out.number("fromDht", from.dht());
        out.number("fromIncoming", from.incoming());
        out.number("fromLpd", from.lsd());
        out.number("fromLtep", from.manual());
        out.number("fromPex", from.pex());
        out.number("fromTracker", from.tracker());
        out.endObject();
    }

    /** The same names in both dialects: it is younger than they are. */
    private static void webSeeds(Row row, RpcWriter out) throws IOException {
        Field.array(
                row.details().webSeeds(),
                out,
                seed -> {
                    out.beginObject();
                    out.text("url", seed.url());
                    out.flag("is_downloading", seed.downloading());
                    out.number("download_bytes_per_second", seed.downloadRate());
                    out.endObject();
                });
    }

    private static void peers(Row row, RpcWriter out) throws IOException {
        Field.array(row.details().peers(), out, peer -> peer(peer, out));
    }

    private static void peer(PeerSnapshot peer, RpcWriter out) throws IOException {
        InetAddress address = peer.address().getAddress();
        out.beginObject();
        out.text(
                "address",
                address == null ? peer.address().getHostString() : address.getHostAddress());
        out.number("port", peer.address().getPort());
        out.text("clientName", peer.client());
        out.text("peer_id", Base64.getEncoder().encodeToString(peer.peerId()));
        out.text("flagStr", flags(peer));
        out.decimal("progress", peer.progress());
        out.number("rateToClient", peer.downloadRate());
        out.number("rateToPeer", peer.uploadRate());
        out.number("bytes_to_client", peer.downloadedBytes());
        out.number("bytes_to_peer", peer.uploadedBytes());
        out.flag("clientIsChoked", peer.peerChoking());
        out.flag("clientIsInterested", peer.amInterested());
        out.flag("peerIsChoked", peer.amChoking());
        out.flag("peerIsInterested", peer.peerInterested());
        out.flag("isDownloadingFrom", isDownloading(peer));
        out.flag("isUploadingTo", isUploading(peer));
        out.flag("isEncrypted", peer.encrypted());
        out.flag("isIncoming", peer.incoming());
        out.flag("isUTP", isUtp(peer));
        out.endObject();
    }

    private static boolean isUtp(PeerSnapshot peer) {
        return peer.transport().equals("utp");
    }

    private static boolean isDownloading(PeerSnapshot peer) {
        return peer.amInterested() && !peer.peerChoking();
    }

    private static boolean isUploading(PeerSnapshot peer) {
        return peer.peerInterested() && !peer.amChoking();
    }

    /** One letter each, in Transmission's order. */
    static String flags(PeerSnapshot peer) {
        StringBuilder flags = new StringBuilder();
        add(flags, 'T', isUtp(peer));
        add(flags, 'O', peer.optimistic());
        add(flags, 'D', isDownloading(peer));
        add(flags, 'd', peer.amInterested() && peer.peerChoking());
        add(flags, 'U', isUploading(peer));
        add(flags, 'u', peer.peerInterested() && peer.amChoking());
        add(flags, 'K', !peer.peerChoking() && !peer.amInterested());
        add(flags, '?', !peer.amChoking() && !peer.peerInterested());
        add(flags, 'E', peer.encrypted());
        add(flags, 'H', peer.source().equals("dht"));
        add(flags, 'X', peer.source().equals("pex"));
        add(flags, 'I', peer.incoming());
        return flags.toString();
    }

    private static void add(StringBuilder flags, char letter, boolean holds) {
        if (holds) {
            flags.append(letter);
        }
    }
}
