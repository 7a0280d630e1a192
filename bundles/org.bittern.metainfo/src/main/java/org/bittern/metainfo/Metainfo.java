package org.bittern.metainfo;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bittern.bencode.BString;

/**
 * A torrent: what its info dictionary says, and what stands beside it in a torrent file. Immutable;
 * any thread. The info dictionary is kept as raw bytes and never written anew, since the info-hash
 * is over these bytes.
 *
 * @see <a href="https://www.bittorrent.org/beps/bep_0003.html">BEP 3</a>
 * @see <a href="https://www.bittorrent.org/beps/bep_0052.html">BEP 52</a>
 */
public final class Metainfo {
    private final InfoDict info;
    private final Surroundings around;

    Metainfo(InfoDict info, Surroundings around) {
        this.info = info;
        this.around = around;
    }

    /**
     * Reads a torrent file. Bytes after its end are ignored: files with a trailing line feed are
     * common.
     *
     * @param torrent not kept
     * @throws MetainfoException if it is no torrent, contradicts itself, or is beyond {@link
     *     MetainfoLimits}
     */
    public static Metainfo parse(byte[] torrent) throws MetainfoException {
        return parse(ByteBuffer.wrap(torrent));
    }

    /**
     * Reads a torrent file from the buffer's remaining bytes.
     *
     * @param torrent its position does not move, its bytes are not kept
     * @throws MetainfoException if it is no torrent, contradicts itself, or is beyond {@link
     *     MetainfoLimits}
     */
    public static Metainfo parse(ByteBuffer torrent) throws MetainfoException {
        return TorrentParser.parse(torrent, MetainfoLimits.BENCODE);
    }

    /**
     * Reads what {@link #toTorrent} has written and nobody else had a hand in. With long metadata,
     * or many piece layers, it may be longer than a file of a stranger.
     *
     * @param torrent not kept
     * @throws MetainfoException if it is no torrent, contradicts itself, or is beyond {@link
     *     MetainfoLimits}
     */
    public static Metainfo parseStored(byte[] torrent) throws MetainfoException {
        return TorrentParser.parse(ByteBuffer.wrap(torrent), MetainfoLimits.STORED);
    }

    /**
     * Reads a bare info dictionary, as peers send it for a magnet link (BEP 9). It has no trackers
     * and no piece layers yet; see {@link #withTrackers} and {@link #withPieceLayers}. Whether it
     * is the one that was asked for, the caller sees from {@link #infoHash()}.
     *
     * @param rawInfo not kept
     * @throws MetainfoException if it is no info dictionary, contradicts itself, or is beyond
     *     {@link MetainfoLimits}
     */
    public static Metainfo parseInfo(byte[] rawInfo) throws MetainfoException {
        return TorrentParser.parseInfo(ByteBuffer.wrap(rawInfo));
    }

    /** The torrent's identity. */
    public InfoHash infoHash() {
        return info.hash();
    }

    /** The bytes of the info dictionary; read-only. */
    public ByteBuffer rawInfo() {
        return info.raw().duplicate();
    }

    /**
     * The name, safe as a file name: of the one file, or of the directory of all. The hex id if the
     * torrent's own is no name.
     */
    public String name() {
        return info.layout().name();
    }

    /** The name as the torrent has it; not safe as a file name. */
    public String rawName() {
        return info.layout().rawName();
    }

    /** How pieces map to files. */
    public PieceMap pieces() {
        return info.layout().pieces();
    }

    /** All files in the order of the torrent, padding included. */
    public List<FileEntry> files() {
        return info.layout().files();
    }

    /** Whether the torrent is one file without a directory around it. */
    public boolean singleFile() {
        return info.layout().single();
    }

    /** Bytes of all files, without padding. */
    public long totalLength() {
        return info.layout().pieces().dataLength();
    }

    /** Whether only the trackers may name peers: no DHT, no PEX, no local discovery (BEP 27). */
    public boolean isPrivate() {
        return info.isPrivate();
    }

    /** The "source" entry, which some trackers use to give the same content another info-hash. */
    public Optional<String> source() {
        return info.source();
    }

    /** Whether there are v1 piece hashes. */
    public boolean hasV1() {
        return info.hash().hasV1();
    }

    /** Whether there are v2 hash trees. */
    public boolean hasV2() {
        return info.hash().hasV2();
    }

    /**
     * The SHA-1 of a piece, with its padding.
     *
     * @return 20 bytes, a copy
     * @throws IllegalStateException if the torrent is v2 only
     */
    public byte[] pieceHash(int piece) {
        return info.v1Hash(piece);
    }

    /**
     * The v2 hash of a piece (the node of the file's tree that spans it), without padding.
     *
     * @return 32 bytes, a copy; empty if the torrent is v1 only, the piece is padding, or the
     *     file's piece layer is not known yet
     */
    public Optional<byte[]> v2PieceHash(int piece) {
        if (!hasV2()) {
            return Optional.empty();
        }
        FileEntry file = files().get(pieces().fileAt(piece));
        int within = piece - pieces().firstPiece(file.index());
        return file.piecesRoot()
                .flatMap(root ->
                        file.length() <= pieces().pieceLength()
                                ? Optional.of(root.clone())
                                : around.layers().hash(root, within));
    }

    /**
     * The known piece layers (BEP 52): root of a file to the hashes of its pieces, 32 bytes each.
     * Each was checked against its root.
     */
    public Map<BString, BString> pieceLayers() {
        return around.layers().byRoot();
    }

    /**
     * Roots of the files whose piece layer is needed, but not known; they must be asked of peers
     * (BEP 52, "hash request").
     */
    public List<BString> missingPieceLayers() {
        return around.layers().missing(files(), pieces().pieceLength());
    }

    /** Announce URLs in tiers (BEP 12), as written, duplicates removed. */
    public List<List<String>> trackers() {
        return around.trackers();
    }

    /** URLs of web seeds (BEP 19). */
    public List<String> webSeeds() {
        return around.webSeeds();
    }

    /** URLs of HTTP seeds (BEP 17). */
    public List<String> httpSeeds() {
        return around.httpSeeds();
    }

    /** DHT nodes to start from (BEP 5). */
    public List<HostPort> nodes() {
        return around.nodes();
    }

    /** The maker's remark. */
    public Optional<String> comment() {
        return around.notes().comment();
    }

    /** The program that made the torrent. */
    public Optional<String> createdBy() {
        return around.notes().createdBy();
    }

    /** When the torrent was made; whole seconds. */
    public Optional<Instant> creationDate() {
        return around.notes().creationDate();
    }

    /** The same torrent with other trackers. */
    public Metainfo withTrackers(List<List<String>> tiers) {
        return new Metainfo(info, around.withTrackers(tiers));
    }

    /** The same torrent with other web seeds (BEP 19). */
    public Metainfo withWebSeeds(List<String> urls) {
        return new Metainfo(info, around.withWebSeeds(urls));
    }

    /**
     * The same torrent with more piece layers.
     *
     * @param layers root to hashes, as {@link #pieceLayers()}
     * @throws MetainfoException if one belongs to no file, or does not hash to its root
     */
    public Metainfo withPieceLayers(Map<BString, BString> layers) throws MetainfoException {
        return new Metainfo(
                info,
                around.withLayers(around.layers().with(layers, files(), pieces().pieceLength())));
    }

    /**
     * The bytes of a torrent file with all of this; the info dictionary is byte for byte the one
     * that was read.
     */
    public byte[] toTorrent() {
        return TorrentWriter.write(info.raw(), around, hasV2());
    }

    @Override
    public String toString() {
        return infoHash().shortHex() + " \"" + Printable.of(name()) + "\"";
    }
}
