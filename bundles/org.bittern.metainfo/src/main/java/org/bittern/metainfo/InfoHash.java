package org.bittern.metainfo;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a torrent: the SHA-1 of its info dictionary (v1, BEP 3), the SHA-256 of it (v2,
 * BEP 52), or both (hybrid). Two are equal if both parts are.
 */
public final class InfoHash {
    /** Bytes of a v1 hash, and of any hash on the wire. */
    public static final int V1_BYTES = 20;

    /** Bytes of a v2 hash. */
    public static final int V2_BYTES = 32;

    private static final int SHORT_DIGITS = 8;
    private static final HexFormat HEX = HexFormat.of();

    private final byte @Nullable [] v1; // null: v2 only
    private final byte @Nullable [] v2; // null: v1 only

    private InfoHash(byte @Nullable [] v1, byte @Nullable [] v2) {
        this.v1 = v1;
        this.v2 = v2;
    }

    /**
     * A v1 info-hash.
     *
     * @param sha1 20 bytes, copied
     */
    public static InfoHash ofV1(byte[] sha1) {
        return new InfoHash(checked(sha1, V1_BYTES), null);
    }

    /**
     * A v2 info-hash.
     *
     * @param sha256 32 bytes, copied
     */
    public static InfoHash ofV2(byte[] sha256) {
        return new InfoHash(null, checked(sha256, V2_BYTES));
    }

    /**
     * The info-hash of a hybrid torrent.
     *
     * @param sha1 20 bytes, copied
     * @param sha256 32 bytes, copied
     */
    public static InfoHash hybrid(byte[] sha1, byte[] sha256) {
        return new InfoHash(checked(sha1, V1_BYTES), checked(sha256, V2_BYTES));
    }

    private static byte[] checked(byte[] hash, int length) {
        if (hash.length != length) {
            throw new IllegalArgumentException(
                    "info-hash of " + hash.length + " bytes, expected " + length);
        }
        return hash.clone();
    }

    /**
     * Reads an info-hash as users write it.
     *
     * @param text 40 hex digits (v1), 64 hex digits (v2) or 32 digits of base32 (v1, RFC 4648), in
     *     any case
     * @throws MetainfoException if it is none of these
     */
    public static InfoHash parse(String text) throws MetainfoException {
        try {
            return switch (text.length()) {
                case 2 * V1_BYTES -> new InfoHash(HEX.parseHex(text), null);
                case 2 * V2_BYTES -> new InfoHash(null, HEX.parseHex(text));
                case Base32.V1_DIGITS -> new InfoHash(Base32.decode(text), null);
                default ->
                        throw new MetainfoException(
                                "info-hash of %d characters; 40 or 64 hex digits or 32 base32 digits are expected"
                                        .formatted(text.length()));
            };
        } catch (IllegalArgumentException e) {
            throw new MetainfoException(
                    "info-hash \"" + Printable.of(text) + "\" is neither hex nor base32", e);
        }
    }

    /** The SHA-1, 20 bytes, a copy; empty if the torrent is v2 only. */
    public Optional<byte[]> v1() {
        return Optional.ofNullable(v1).map(byte[]::clone);
    }

    /** The SHA-256, 32 bytes, a copy; empty if the torrent is v1 only. */
    public Optional<byte[]> v2() {
        return Optional.ofNullable(v2).map(byte[]::clone);
    }

    /** Whether there is a v1 part. */
    public boolean hasV1() {
        return v1 != null;
    }

    /** Whether there is a v2 part. */
    public boolean hasV2() {
        return v2 != null;
    }

    /** Whether there are both parts. */
    public boolean isHybrid() {
        return v1 != null && v2 != null;
    }

    /**
     * The canonical id: lower-case hex of the v1 part (40 digits), or of the v2 part (64 digits) if
     * that is all there is.
     */
    public String hex() {
        return HEX.formatHex(id());
    }

    /** The first 8 digits of {@link #hex()}, for logs and thread names. */
    public String shortHex() {
        return hex().substring(0, SHORT_DIGITS);
    }

    /**
     * The hash for handshakes, trackers and DHT, 20 bytes, a copy: v1, or the head of v2 if there
     * is no v1 part (BEP 52).
     */
    public byte[] wireHash() {
        return v1 != null ? v1.clone() : truncatedV2().orElseThrow();
    }

    /**
     * The head of the v2 hash as the v2 swarm uses it, 20 bytes, a copy; empty if the torrent is v1
     * only.
     */
    public Optional<byte[]> truncatedV2() {
        return Optional.ofNullable(v2).map(hash -> Arrays.copyOf(hash, V1_BYTES));
    }

    /** The hashes of all swarms of this torrent, one or two of 20 bytes, v1 first; copies. */
    public List<byte[]> wireHashes() {
        return isHybrid() ? List.of(wireHash(), truncatedV2().orElseThrow()) : List.of(wireHash());
    }

    /**
     * Whether the two agree in each part that both have, and there is one: a link with one part may
     * name a hybrid torrent.
     */
    public boolean sameTorrent(InfoHash other) {
        boolean shareV1 = v1 != null && other.v1 != null;
        boolean shareV2 = v2 != null && other.v2 != null;
        return (shareV1 || shareV2)
                && (!shareV1 || Arrays.equals(v1, other.v1))
                && (!shareV2 || Arrays.equals(v2, other.v2));
    }

    private byte[] id() {
        if (v1 != null) {
            return v1;
        }
        if (v2 != null) {
            return v2;
        }
        throw new IllegalStateException("info-hash without parts");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof InfoHash that
                && Arrays.equals(v1, that.v1)
                && Arrays.equals(v2, that.v2);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(v1) + Arrays.hashCode(v2);
    }

    @Override
    public String toString() {
        return hex();
    }
}
