package org.bittern.spi.peer;

import org.bittern.metainfo.Metainfo;
import org.bittern.spi.net.EventLoop;
import org.bittern.spi.net.RateLimit;
import org.osgi.annotation.versioning.ProviderType;

/** Makes peers out of HTTP servers that hold a torrent's files (BEP 19). Thread-safe. */
@ProviderType
public interface WebSeedProtocol {
    /**
     * Opens a link to a server. It looks like one to a peer that has everything and never chokes:
     * requests are answered with blocks; what else is sent to it goes nowhere.
     *
     * <p>Must be called on the loop; {@code events} are called there, later. {@link
     * LinkEvents#closed} with a violation means that the server does not have the files: trying
     * again makes no sense.
     *
     * @param peerId 20 bytes that tell the link from others of the torrent
     */
    void open(EventLoop loop, Seed seed, byte[] peerId, LinkEvents events);

    /**
     * A server.
     *
     * @param url of the torrent's file, or of the directory that it lies in; one that {@link
     *     org.bittern.spi.net.HttpUrl} can read
     * @param metainfo what it holds
     * @param down asked before payload is read
     */
    record Seed(String url, Metainfo metainfo, RateLimit down) {}
}
