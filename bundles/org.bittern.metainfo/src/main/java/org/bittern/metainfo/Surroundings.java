package org.bittern.metainfo;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What stands beside the info dictionary in a torrent file: none of it is covered by the info-hash.
 */
record Surroundings(
        List<List<String>> trackers,
        List<String> webSeeds,
        List<String> httpSeeds,
        List<HostPort> nodes,
        Notes notes,
        PieceLayers layers) {

    /** What only people read. */
    record Notes(
            Optional<String> comment, Optional<String> createdBy, Optional<Instant> creationDate) {
        static final Notes NONE = new Notes(Optional.empty(), Optional.empty(), Optional.empty());
    }

    static final Surroundings NONE =
            new Surroundings(
                    List.of(), List.of(), List.of(), List.of(), Notes.NONE, PieceLayers.NONE);

    Surroundings {
        trackers = trackers.stream().filter(tier -> !tier.isEmpty()).map(List::copyOf).toList();
        webSeeds = List.copyOf(webSeeds);
        httpSeeds = List.copyOf(httpSeeds);
        nodes = List.copyOf(nodes);
    }

    Surroundings withTrackers(List<List<String>> tiers) {
        return new Surroundings(tiers, webSeeds, httpSeeds, nodes, notes, layers);
    }

    Surroundings withWebSeeds(List<String> urls) {
        return new Surroundings(trackers, urls, httpSeeds, nodes, notes, layers);
    }

    Surroundings withLayers(PieceLayers other) {
        return new Surroundings(trackers, webSeeds, httpSeeds, nodes, notes, other);
    }
}
