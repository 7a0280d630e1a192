package org.bittern.metainfo;

/** Which hashes a torrent has, and so which peers can share it. */
public enum TorrentVersion {
    /** SHA-1 of pieces (BEP 3): every client. */
    V1,
    /** SHA-256 trees of files (BEP 52): newer clients only. */
    V2,
    /** Both; padding between files makes pieces the same in both (BEP 47). */
    HYBRID;

    /** Whether there are v1 hashes. */
    public boolean hasV1() {
        return this != V2;
    }

    /** Whether there are v2 hashes. */
    public boolean hasV2() {
        return this != V1;
    }
}
