package org.bittern.engine.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RarityOrderTest {

    @Property(tries = 300)
    void keepsPiecesInTheOrderOfTheirLevels(@ForAll long seed) {
        Random random = new Random(seed);
        int pieces = 1 + random.nextInt(60);
        RarityOrder order = new RarityOrder(pieces, random);
        Map<Integer, Integer> model = new HashMap<>();
        for (int event = 0; event < 300; event++) {
            int piece = random.nextInt(pieces);
            Integer level = model.get(piece);
            if (random.nextInt(100) == 0) {
                order.rebuild(
                        model.keySet().stream().mapToInt(p -> p).toArray(),
                        model.size(),
                        model::get);
            } else if (level == null) {
                int at = random.nextInt(5);
                order.add(piece, at);
                model.put(piece, at);
            } else if (random.nextInt(4) == 0) {
                order.remove(piece);
                model.remove(piece);
            } else if (level > 0 && random.nextBoolean()) {
                order.lower(piece);
                model.put(piece, level - 1);
            } else {
                order.raise(piece);
                model.put(piece, level + 1);
            }
            check(order, model, pieces);
        }
    }

    private static void check(RarityOrder order, Map<Integer, Integer> model, int pieces) {
        assertThat(order.size()).isEqualTo(model.size());
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < order.size(); i++) {
            int piece = order.at(i);
            assertThat(seen.add(piece)).isTrue();
            assertThat(model).containsKey(piece);
            assertThat(order.levelAt(i)).isEqualTo(model.get(piece));
            assertThat(i == 0 || order.levelAt(i - 1) <= order.levelAt(i)).isTrue();
        }
        for (int piece = 0; piece < pieces; piece++) {
            assertThat(order.contains(piece)).isEqualTo(model.containsKey(piece));
        }
        int rare = (int) model.values().stream().filter(level -> level < 2).count();
        assertThat(order.firstOf(2)).isEqualTo(rare);
    }

    @Test
    void beginsWithEveryPieceAsOftenAmongEquals() {
        Integer[] first = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        Random random = new Random(4);
        for (int i = 0; i < 10_000; i++) {
            RarityOrder order = new RarityOrder(10, random);
            for (int piece = 0; piece < 10; piece++) {
                order.add(piece, 0);
            }
            first[order.at(0)]++;
        }
        assertThat(first).allSatisfy(count -> assertThat(count).isBetween(850, 1150));
    }
}
