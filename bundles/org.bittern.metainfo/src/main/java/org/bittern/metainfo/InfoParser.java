package org.bittern.metainfo;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.jspecify.annotations.Nullable;

/**
 * Reads an info dictionary. It is v1 if it has "pieces", v2 if its "meta version" is 2, hybrid if
 * both; then both must describe the same files, or two peers would see two contents under one
 * torrent.
 */
final class InfoParser {
    private static final int META_VERSION = 2;

    private final BDict dict;
    private final int pieceLength;
    private final boolean v1;
    private final boolean v2;

    private InfoParser(BDict dict) throws MetainfoException {
        this.dict = dict;
        OptionalLong version = dict.integer("meta version");
        if (version.orElse(1) > META_VERSION) {
            throw new MetainfoException(
                    "meta version " + version.getAsLong() + "; 1 and 2 are known");
        }
        v2 = version.orElse(1) == META_VERSION;
        v1 = dict.has("pieces") || !v2;
        pieceLength = pieceLength();
    }

    /**
     * Reads.
     *
     * @param raw the bytes of {@code dict}, read-only and never changed
     * @param sorted whether all keys in it ascend
     */
    static InfoDict parse(ByteBuffer raw, BDict dict, boolean sorted, Texts texts)
            throws MetainfoException {
        InfoParser parser = new InfoParser(dict);
        if (parser.v2 && !sorted) {
            throw new MetainfoException("keys of a v2 info dictionary do not ascend (BEP 52)");
        }
        return parser.info(raw, texts);
    }

    private InfoDict info(ByteBuffer raw, Texts texts) throws MetainfoException {
        BString rawName =
                dict.string("name.utf-8")
                        .or(() -> dict.string("name"))
                        .orElseThrow(() ->
                                new MetainfoException("info dictionary has no \"name\" string"));
        BString name = dict.string("name").orElse(rawName);
        List<RawFile> files = files(name);
        boolean single = v1 ? V1Files.isSingle(dict) : isSingleV2(files, name);
        PieceMap pieces = pieces(files);
        InfoHash hash = hash(raw);
        FileNames names = new FileNames(rawName, texts, hash, NameRules.HERE);
        return new InfoDict(
                hash,
                raw,
                names.layout(files, single, pieces),
                v1 ? v1Hashes(pieces.pieceCount()) : null,
                dict.integer("private").orElse(0) != 0,
                source(texts));
    }

    private int pieceLength() throws MetainfoException {
        long length =
                dict.integer("piece length")
                        .orElseThrow(() ->
                                new MetainfoException(
                                        "info dictionary has no \"piece length\" integer"));
        if (length < 1 || length > MetainfoLimits.MAX_PIECE_LENGTH) {
            throw new MetainfoException(
                    "piece length %d; 1 to %d are allowed"
                            .formatted(length, MetainfoLimits.MAX_PIECE_LENGTH));
        }
        if (v2 && (length < MetainfoLimits.MIN_PIECE_LENGTH_V2 || Long.bitCount(length) != 1)) {
            throw new MetainfoException(
                    "piece length %d; v2 allows powers of two from %d"
                            .formatted(length, MetainfoLimits.MIN_PIECE_LENGTH_V2));
        }
        return (int) length;
    }

    private List<RawFile> files(BString name) throws MetainfoException {
        if (!v2) {
            return V1Files.read(dict, name);
        }
        List<RawFile> tree = V2Files.read(dict);
        return v1 ? merge(V1Files.read(dict, name), tree) : tree;
    }

    /** The v1 list, whose padding v2 does not have, with the roots of the v2 tree. */
    private List<RawFile> merge(List<RawFile> list, List<RawFile> tree) throws MetainfoException {
        List<RawFile> merged = new ArrayList<>(list.size());
        int next = 0;
        long offset = 0;
        for (RawFile file : list) {
            if (file.pad()) {
                merged.add(file);
            } else {
                RawFile twin = next < tree.size() ? tree.get(next) : null;
                next++;
                if (twin == null
                        || !twin.path().equals(file.path())
                        || twin.length() != file.length()) {
                    throw new MetainfoException(
                            "v1 and v2 describe different files: v1 has %s of %d bytes, v2 %s"
                                    .formatted(file.path(), file.length(), shown(twin)));
                }
                if (file.length() > 0 && offset % pieceLength != 0) {
                    throw new MetainfoException(
                            "hybrid torrent: file %s starts inside a piece, at byte %d"
                                    .formatted(file.path(), offset));
                }
                merged.add(
                        new RawFile(
                                file.path(),
                                file.length(),
                                file.attributes(),
                                file.symlink(),
                                twin.root()));
            }
            offset += file.length();
        }
        if (next < tree.size()) {
            throw new MetainfoException(
                    "v1 and v2 describe different files: v1 has none, v2 " + shown(tree.get(next)));
        }
        return merged;
    }

    private static String shown(@Nullable RawFile file) {
        return file == null ? "none" : file.path() + " of " + file.length() + " bytes";
    }

    /**
     * A v2 tree of one file that has the torrent's name stands for that file, without a directory
     * (BEP 52).
     */
    private static boolean isSingleV2(List<RawFile> files, BString name) {
        return files.size() == 1
                && files.getFirst().path().size() == 1
                && files.getFirst().path().getFirst().equals(name);
    }

    private PieceMap pieces(List<RawFile> files) throws MetainfoException {
        long[] lengths = new long[files.size()];
        boolean[] pads = new boolean[files.size()];
        long total = 0;
        long data = 0;
        long alignedPieces = 0;
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = files.get(i).length();
            pads[i] = files.get(i).pad();
            total += lengths[i];
            data += pads[i] ? 0 : lengths[i];
            alignedPieces += (lengths[i] + pieceLength - 1) / pieceLength;
        }
        if (data == 0) {
            throw new MetainfoException("torrent of no bytes");
        }
        long count = v1 ? (total + pieceLength - 1) / pieceLength : alignedPieces;
        if (count > MetainfoLimits.MAX_PIECES) {
            throw new MetainfoException(
                    "%d pieces; at most %d are allowed"
                            .formatted(count, MetainfoLimits.MAX_PIECES));
        }
        return v1
                ? PieceMap.contiguous(pieceLength, lengths, pads)
                : PieceMap.aligned(pieceLength, lengths);
    }

    private BString v1Hashes(int pieceCount) throws MetainfoException {
        BString hashes =
                dict.string("pieces")
                        .orElseThrow(() ->
                                new MetainfoException(
                                        "info dictionary has no \"pieces\" string, and is not v2"));
        if (hashes.length() != (long) pieceCount * InfoHash.V1_BYTES) {
            throw new MetainfoException(
                    "\"pieces\" has %d bytes; %d pieces take %d"
                            .formatted(
                                    hashes.length(),
                                    pieceCount,
                                    (long) pieceCount * InfoHash.V1_BYTES));
        }
        return hashes;
    }

    private InfoHash hash(ByteBuffer raw) {
        if (!v2) {
            return InfoHash.ofV1(digest(Digests.sha1(), raw));
        }
        byte[] sha256 = digest(Digests.sha256(), raw);
        return v1 ? InfoHash.hybrid(digest(Digests.sha1(), raw), sha256) : InfoHash.ofV2(sha256);
    }

    private static byte[] digest(MessageDigest digest, ByteBuffer raw) {
        digest.update(raw.duplicate());
        return digest.digest();
    }

    private Optional<String> source(Texts texts) {
        return texts.in(dict, "source").filter(text -> !text.isEmpty());
    }
}
