package org.bittern.itest.osgi;

import java.io.IOException;
import java.nio.file.Files;
import org.bittern.metainfo.Metainfo;
import org.bittern.metainfo.MetainfoException;

/** Peers that have the file. */
public final class Seeds extends LibtorrentPeers {
    /**
     * Begins.
     *
     * @param bytesPerSecond of all peers together, until {@link #lift}
     * @param seed of the content
     */
    public Seeds(long bytes, long bytesPerSecond, long seed) throws IOException {
        super("seed", bytes, bytesPerSecond, seed);
    }

    /** A link that names them. */
    public String magnet() throws IOException, MetainfoException {
        Metainfo metainfo = Metainfo.parse(Files.readAllBytes(torrent()));
        StringBuilder link = new StringBuilder("magnet:?xt=urn:btih:" + metainfo.infoHash().hex());
        addresses().forEach(peer -> link.append("&x.pe=127.0.0.1:").append(peer.getPort()));
        return link.toString();
    }

    /** Payload that they have sent, all together. */
    public long sentBytes() throws IOException {
        return ask("sent");
    }
}
