package org.bittern.api.engine;

import java.time.Instant;

/**
 * The engine as a whole at one moment.
 *
 * @param version version of the product, {@code x.y.z}
 * @param listenPort the real TCP (and UDP) port, 0 when nothing listens
 * @param torrents number of torrents
 * @param peers connected peers of all torrents
 * @param downloadRate payload bytes per second
 * @param uploadRate payload bytes per second
 * @param downloadedBytes payload since the engine started
 * @param uploadedBytes payload since the engine started
 * @param started when this engine started
 */
public record EngineStatus(
        String version,
        int listenPort,
        int torrents,
        int peers,
        long downloadRate,
        long uploadRate,
        long downloadedBytes,
        long uploadedBytes,
        Instant started) {}
