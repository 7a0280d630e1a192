package org.bittern.bencode;

/**
 * One bencoded value. The four kinds are all that BEP 3 knows, so a {@code switch} over them is
 * exhaustive.
 *
 * @see <a href="https://www.bittorrent.org/beps/bep_0003.html">BEP 3, "bencoding"</a>
 */
public sealed interface BValue permits BInteger, BString, BList, BDict {

    /** What this value is called in messages: "integer", "string", "list" or "dictionary". */
    default String kind() {
        return switch (this) {
            case BInteger _ -> "integer";
            case BString _ -> "string";
            case BList _ -> "list";
            case BDict _ -> "dictionary";
        };
    }
}
