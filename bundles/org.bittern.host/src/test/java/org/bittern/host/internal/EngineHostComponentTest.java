package org.bittern.host.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bittern.api.engine.Settings;
import org.bittern.api.host.EngineHost.EngineStart;
import org.bittern.metainfo.InfoHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

@Timeout(60)
class EngineHostComponentTest {
    private static final InfoHash HASH = InfoHash.ofV1(new byte[InfoHash.V1_BYTES]);

    private final BundleContext framework = framework();

    @Test
    void theNextHostGivesNoNumberAgain() {
        assertThat(numberOfNextHost(framework)).isEqualTo(1);
        assertThat(numberOfNextHost(framework)).isEqualTo(2);
        assertThat(numberOfNextHost(framework())).as("in another framework").isEqualTo(1);
    }

    /** The number of the first torrent of the engine of a new host. */
    private static int numberOfNextHost(BundleContext context) {
        EngineHostComponent host = new EngineHostComponent(context);
        FakeFactory factory = new FakeFactory();
        host.bindFactory(factory);
        host.start(new EngineStart(Settings.EMPTY, Optional.empty())).toCompletableFuture().join();
        int number = factory.made.getFirst().numbers.added(HASH);
        host.close();
        return number;
    }

    private static BundleContext framework() {
        Map<String, String> properties =
                Map.of(Constants.FRAMEWORK_UUID, UUID.randomUUID().toString());
        return (BundleContext)
                Proxy.newProxyInstance(
                        EngineHostComponentTest.class.getClassLoader(),
                        new Class<?>[] {BundleContext.class},
                        (proxy, method, arguments) -> properties.get((String) arguments[0]));
    }
}
