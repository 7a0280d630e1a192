package org.bittern.dht.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bittern.bencode.BDict;
import org.bittern.bencode.BString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ItemStoreTest {
    private static final String KEY =
            "77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548";
    private static final String PLAIN =
            "305ac8aeb6c9c151fa120f120ea2cfb923564e11552d06a5d856091e5e853cff"
                    + "1260d3f39e4999684aa92eb73ffd136e6f4f3ecbfda0ce53a1608ecd7ae21f01";
    private static final String SALTED =
            "6834284b6b24c3204eb2fea824d82f88883a3d95e8b4a21b8c0ded553d17d17d"
                    + "df9a8a7104b1258f30bed3787e6cb896fca78c58f8e03b5f18f14951a87d9a08";

    private final ItemStore store = new ItemStore();

    @Test
    void keepsTheMutableItemOfBep44() {
        assertThat(store.put(mutable(PLAIN, "").build(), 0)).isEmpty();
        BDict item = get("4a533d47ec9c7d95b1ad75f576cffc641853b750").orElseThrow();
        assertThat(item.text("v")).contains("Hello World!");
        assertThat(item.integer("seq")).hasValue(1);
        assertThat(
                        store.get(id("4a533d47ec9c7d95b1ad75f576cffc641853b750"), 1L, 0)
                                .orElseThrow()
                                .has("v"))
                .isFalse();
    }

    @Test
    void keepsTheSaltedItemOfBep44() {
        assertThat(store.put(mutable(SALTED, "foobar").build(), 0)).isEmpty();
        assertThat(get("411eba73b6f087ca51a3795d9c8c938d365e32c1")).isPresent();
    }

    @Test
    void keepsTheImmutableItemOfBep44ForTwoHours() {
        assertThat(store.put(BDict.builder().put("v", "Hello World!").build(), 0)).isEmpty();
        assertThat(get("e5f96f6f38320f0f33959cb4d3d656452117aadb")).isPresent();
        store.expire(TimeUnit.HOURS.toNanos(2));
        assertThat(store.size()).isZero();
    }

    @Test
    void refusesForgedOldAndLargeItemsWithTheCodesOfBep44() {
        assertThat(code(mutable(SALTED, ""))).isEqualTo(ItemStore.BAD_SIGNATURE);
        assertThat(code(mutable(PLAIN, "x".repeat(65)))).isEqualTo(ItemStore.SALT_TOO_BIG);
        assertThat(code(BDict.builder().put("v", "x".repeat(1000)))).isEqualTo(ItemStore.TOO_BIG);
        assertThat(store.put(mutable(PLAIN, "").build(), 0)).isEmpty();
        assertThat(code(mutable(PLAIN, "").put("cas", 7))).isEqualTo(ItemStore.CAS_MISMATCH);
        assertThat(code(mutable(PLAIN, "").put("seq", 0))).isEqualTo(ItemStore.OLD_SEQUENCE);
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void neverKeepsMoreThanItsLimit() {
        for (int i = 0; i < 2 * ItemStore.MAX_ITEMS; i++) {
            assertThat(store.put(BDict.builder().put("v", i).build(), 0)).isEmpty();
        }
        assertThat(store.size()).isEqualTo(ItemStore.MAX_ITEMS);
    }

    private int code(BDict.Builder arguments) {
        return store.put(arguments.build(), 0).orElseThrow().code();
    }

    private Optional<BDict> get(String target) {
        return store.get(id(target), null, 0);
    }

    private static NodeId id(String hex) {
        return NodeId.of(HexFormat.of().parseHex(hex));
    }

    private static BDict.Builder mutable(String signature, String salt) {
        BDict.Builder arguments =
                BDict.builder()
                        .put("k", HexFormat.of().parseHex(KEY))
                        .put("sig", HexFormat.of().parseHex(signature))
                        .put("seq", 1)
                        .put("v", "Hello World!");
        return salt.isEmpty() ? arguments : arguments.put("salt", BString.of(salt));
    }
}
