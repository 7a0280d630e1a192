package org.bittern.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ArgumentsTest {
    @Test
    void whatIsNoNumberNamesNothingButDoesNotLeaveTheListEmpty() {
        List<Object> odd =
                Arrays.asList("x", 1.5, null, List.of(), BigInteger.TWO.pow(70), -5, 1L << 40, 3);
        assertThat(arguments(odd).integers("list"))
                .contains(List.of(-1, -1, -1, -1, -1, -1, -1, 3));
        assertThat(arguments(List.of()).integers("list")).contains(List.of());
        assertThat(arguments("x").integers("list")).isEmpty();
    }

    @Test
    void aNumberThatFitsNoIndexNamesNothing() {
        assertThat(arguments(1L << 40).index("list")).hasValue(-1);
        assertThat(arguments(BigInteger.TWO.pow(70)).index("list")).isEmpty();
    }

    private static Arguments arguments(Object value) {
        return Arguments.of(Map.of("list", value), Dialect.LEGACY);
    }
}
