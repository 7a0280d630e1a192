package org.bittern.itest.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** What holds for every runtime: it starts whole, and it survives that its parts come and go. */
public abstract class ComingAndGoing {
    private static final Duration BACK_WITHIN = Duration.ofSeconds(60);

    /** Components come up while the framework starts. */
    @Before
    public void everythingRuns() {
        assertThat(components().all()).isNotEmpty();
        awaitAll(components().all());
    }

    @Test(timeout = 120_000)
    public void startsEveryBundle() {
        assertThat(components().bundles())
                .isNotEmpty()
                .allSatisfy(bundle ->
                        assertThat(bundle.getState())
                                .as(bundle.getSymbolicName())
                                .isEqualTo(Bundle.ACTIVE));
    }

    @Test(timeout = 300_000)
    public void bringsEveryComponentBackAfterAStopOfAnyBundle() throws BundleException {
        Set<String> before = components().all();
        for (Bundle bundle : components().bundles()) {
            bundle.stop();
            assertThat(components().all())
                    .as("components without " + bundle.getSymbolicName())
                    .noneMatch(name -> name.startsWith(bundle.getSymbolicName() + ".internal"));
            bundle.start();
            awaitAll(before);
        }
    }

    @Test(timeout = 300_000)
    public void bringsEveryComponentBackAfterAnUpdateOfAnyBundleThatExportsNothing()
            throws BundleException {
        Set<String> before = components().all();
        for (Bundle bundle : components().bundles()) {
            if (bundle.getHeaders().get("Export-Package") == null) {
                bundle.update();
                assertThat(bundle.getState()).isEqualTo(Bundle.ACTIVE);
                awaitAll(before);
            }
        }
    }

    /** Not a field: the driver makes an object of this class outside of the framework, too. */
    static Components components() {
        return new Components();
    }

    private static void awaitAll(Set<String> names) {
        await().atMost(BACK_WITHIN)
                .untilAsserted(() ->
                        assertThat(components().satisfied()).containsExactlyElementsOf(names));
    }
}
