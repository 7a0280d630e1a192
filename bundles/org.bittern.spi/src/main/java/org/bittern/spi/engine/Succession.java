package org.bittern.spi.engine;

/**
 * What the engines of one process pass on, besides what is stored. Owned by who has engines made.
 *
 * @param numbers of torrents: those that are restored keep theirs
 * @param links to peers that do not notice that the engine is another one
 */
public record Succession(TorrentNumbers numbers, KeptLinks links) {
    /** Of a first engine. */
    public Succession(TorrentNumbers numbers) {
        this(numbers, new KeptLinks());
    }
}
