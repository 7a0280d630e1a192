package @bundle@.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.bittern.api.engine.Engine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class @Class@ServletTest {
    /** An engine that has no torrents, and can do nothing else. */
    private static final Engine EMPTY =
            (Engine)
                    Proxy.newProxyInstance(
                            Engine.class.getClassLoader(),
                            new Class<?>[] {Engine.class},
                            (_, _, _) -> List.of());

    @Test
    void countsTorrents() {
        String text = @Class@Servlet.text(Optional.of(EMPTY));

        assertThat(text).isEqualTo("0 torrents");
    }

    @Test
    void saysThatThereIsNoEngine() {
        String text = @Class@Servlet.text(Optional.empty());

        assertThat(text).isEqualTo("no engine is running");
    }
}
