package org.bittern.api.engine;

/**
 * An HTTP server that holds a torrent's files (BEP 19), at one moment.
 *
 * @param url as the torrent names it
 * @param downloading blocks are asked of it and have not come yet
 * @param downloadRate bytes a second of blocks that came from it
 */
public record WebSeedSnapshot(String url, boolean downloading, long downloadRate) {}
