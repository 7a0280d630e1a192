package org.bittern.itest.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.Set;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** The runtime {@code stdio}: it starts whole, and it survives that its parts come and go. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public final class StdioCompositionIT {
    private static final Duration BACK_WITHIN = Duration.ofSeconds(10);

    /** The composition, with a standard input that stays open and silent. */
    @Configuration
    public static Option[] stdio() throws IOException {
        @SuppressWarnings("resource") // open as long as the JVM
        InputStream silent = new PipedInputStream(new PipedOutputStream());
        System.setIn(silent);
        return Composition.of("stdio");
    }

    /** Components come up while the framework starts. */
    @Before
    public void everythingRuns() {
        assertThat(components().all()).isNotEmpty();
        awaitAll(components().all());
    }

    @Test(timeout = 30_000)
    public void startsEveryBundle() {
        assertThat(components().bundles())
                .isNotEmpty()
                .allSatisfy(bundle ->
                        assertThat(bundle.getState())
                                .as(bundle.getSymbolicName())
                                .isEqualTo(Bundle.ACTIVE));
    }

    @Test(timeout = 30_000)
    public void satisfiesTheComponentsOfTheWholePath() {
        assertThat(components().satisfied())
                .contains("org.bittern.stdio.internal.StdioControl")
                .anyMatch(name -> name.startsWith("org.bittern.engine."))
                .anyMatch(name -> name.startsWith("org.bittern.disk.file."))
                .anyMatch(name -> name.startsWith("org.bittern.net."))
                .anyMatch(name -> name.startsWith("org.bittern.host."));
    }

    @Test(timeout = 120_000)
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

    @Test(timeout = 120_000)
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
    private static Components components() {
        return new Components();
    }

    private static void awaitAll(Set<String> names) {
        await().atMost(BACK_WITHIN)
                .untilAsserted(() ->
                        assertThat(components().satisfied()).containsExactlyElementsOf(names));
    }
}
