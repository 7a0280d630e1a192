package org.bittern.dht.internal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.bittern.bencode.BValue;
import org.bittern.bencode.BWriter;
import org.jspecify.annotations.Nullable;

/**
 * Small values that others keep with us: immutable ones under their hash, mutable ones under a key
 * that signs them. Bounded. Owned by the node's loop.
 *
 * @see <a href="https://www.bittorrent.org/beps/bep_0044.html">BEP 44</a>
 */
final class ItemStore {
    /** Items kept; the one that was put longest ago is forgotten. */
    static final int MAX_ITEMS = 500;

    /** Length of a bencoded value. */
    static final int MAX_VALUE_BYTES = 1000;

    static final int MAX_SALT_BYTES = 64;
    static final long LIFE_NANOS = TimeUnit.HOURS.toNanos(2);

    static final int TOO_BIG = 205;
    static final int BAD_SIGNATURE = 206;
    static final int SALT_TOO_BIG = 207;
    static final int CAS_MISMATCH = 301;
    static final int OLD_SEQUENCE = 302;

    private static final int KEY_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;

    /** What X.509 puts before the 32 bytes of an ed25519 key (RFC 8410). */
    private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private final Map<NodeId, Item> items = new LinkedHashMap<>();

    /** The keys {@code v}, {@code k}, {@code sig} and {@code seq} as they are given out. */
    private record Item(BDict fields, @Nullable Long sequence, long putNanos) {}

    /** What is wrong with a put: an error code of BEP 44 and a text. */
    record Refusal(int code, String message) {}

    /** What we have under that hash; the value is left out when the asker's is as new. */
    Optional<BDict> get(NodeId target, @Nullable Long newerThan, long nowNanos) {
        Item item = items.get(target);
        if (item == null || nowNanos - item.putNanos >= LIFE_NANOS) {
            return Optional.empty();
        }
        if (newerThan != null && item.sequence != null && item.sequence <= newerThan) {
            return Optional.of(BDict.builder().put("seq", item.sequence).build());
        }
        return Optional.of(item.fields);
    }

    /** Keeps a value; empty when that was done. The token was checked before. */
    Optional<Refusal> put(BDict arguments, long nowNanos) {
        BValue value = arguments.get("v").orElse(null);
        if (value == null) {
            return refusal(Krpc.PROTOCOL_ERROR, "no value");
        }
        byte[] written = BWriter.write(value);
        if (written.length > MAX_VALUE_BYTES) {
            return refusal(TOO_BIG, "value of more than 1000 bytes");
        }
        if (arguments.has("k")) {
            return putMutable(arguments, value, written, nowNanos);
        }
        keep(
                NodeId.of(Digests.sha1(written)),
                new Item(BDict.builder().put("v", value).build(), null, nowNanos));
        return Optional.empty();
    }

    private Optional<Refusal> putMutable(
            BDict arguments, BValue value, byte[] written, long nowNanos) {
        BString key = arguments.string("k").orElse(BString.EMPTY);
        BString signature = arguments.string("sig").orElse(BString.EMPTY);
        BString salt = arguments.string("salt").orElse(BString.EMPTY);
        long sequence = arguments.integer("seq").orElse(-1);
        if (key.length() != KEY_BYTES || signature.length() != SIGNATURE_BYTES || sequence < 0) {
            return refusal(Krpc.PROTOCOL_ERROR, "key of 32, signature of 64 bytes, seq expected");
        }
        if (salt.length() > MAX_SALT_BYTES) {
            return refusal(SALT_TOO_BIG, "salt of more than 64 bytes");
        }
        NodeId target = target(key, salt);
        Item old = items.get(target);
        if (old != null && old.sequence != null) {
            long known = old.sequence;
            if (arguments.has("cas") && arguments.integer("cas").orElse(-1) != known) {
                return refusal(CAS_MISMATCH, "cas mismatch");
            }
            if (sequence < known
                    || (sequence == known && !value.equals(old.fields.get("v").orElse(null)))) {
                return refusal(OLD_SEQUENCE, "seq less than current");
            }
        }
        if (!verifies(key.bytes(), signed(salt, sequence, written), signature.bytes())) {
            return refusal(BAD_SIGNATURE, "bad signature");
        }
        BDict.Builder fields = BDict.builder().put("k", key).put("sig", signature);
        keep(
                target,
                new Item(fields.put("seq", sequence).put("v", value).build(), sequence, nowNanos));
        return Optional.empty();
    }

    /** Where a mutable item is kept. */
    static NodeId target(BString key, BString salt) {
        return NodeId.of(Digests.sha1(key.bytes(), salt.bytes()));
    }

    // [4:salt<salt>]3:seqi<seq>e1:v<value>
    static byte[] signed(BString salt, long sequence, byte[] value) {
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        if (salt.length() > 0) {
            to.writeBytes(ascii("4:salt"));
            to.writeBytes(BWriter.write(salt));
        }
        to.writeBytes(ascii("3:seqi" + sequence + "e1:v"));
        to.writeBytes(value);
        return to.toByteArray();
    }

    static boolean verifies(byte[] key, byte[] message, byte[] signature) {
        byte[] encoded = new byte[X509_HEAD.length + KEY_BYTES];
        System.arraycopy(X509_HEAD, 0, encoded, 0, X509_HEAD.length);
        System.arraycopy(key, 0, encoded, X509_HEAD.length, KEY_BYTES);
        try {
            PublicKey publicKey =
                    KeyFactory.getInstance("Ed25519")
                            .generatePublic(new X509EncodedKeySpec(encoded));
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(publicKey);
            check.update(message);
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // no point on the curve, or no signature at all
        }
    }

    void expire(long nowNanos) {
        items.values().removeIf(item -> nowNanos - item.putNanos >= LIFE_NANOS);
    }

    int size() {
        return items.size();
    }

    private void keep(NodeId target, Item item) {
        items.remove(target);
        if (items.size() >= MAX_ITEMS) {
            items.remove(items.keySet().iterator().next());
        }
        items.put(target, item);
    }

    private static Optional<Refusal> refusal(int code, String message) {
        return Optional.of(new Refusal(code, message));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
