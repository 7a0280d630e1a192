package org.bittern.itest.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;

/** The runtime {@code scaffold}, on a port of the system's choice. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public final class ScaffoldCompositionIT extends ComingAndGoing {

    /** The composition. */
    @Configuration
    public static Option[] scaffold() throws IOException {
        return Composition.of("scaffold");
    }

    @Test(timeout = 120_000)
    public void satisfiesTheComponentsOfTheWholePath() {
        assertThat(components().satisfied())
                .anyMatch(name -> name.startsWith("org.bittern.scaffold.internal."))
                .anyMatch(name -> name.startsWith("org.bittern.engine."));
    }

    @Test(timeout = 120_000)
    public void answersInItsFormWhileTheServletIsGone() throws Exception {
        Bundle scaffold = components().bundle("org.bittern.scaffold");
        URI root = HttpEndpoint.awaited(scaffold.getBundleContext());
        scaffold.stop();
        try {
            HttpURLConnection call =
                    (HttpURLConnection) root.resolve("/engine/status").toURL().openConnection();
            assertThat(call.getResponseCode()).isEqualTo(404);
            assertThat(call.getContentType()).isEqualTo("application/json");
            assertThat(new String(call.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("{\"ok\":false,\"error\":\"")
                    .endsWith("\"code\":\"NotFound\"}");
        } finally {
            scaffold.start();
            everythingRuns();
        }
        awaitAnswer(root);
        scaffold.update();
        awaitAnswer(root);
    }

    /** The servlet is there again, on the port that was announced. */
    private static void awaitAnswer(URI root) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(
                        () ->
                                ((HttpURLConnection)
                                                root.resolve("/engine/status")
                                                        .toURL()
                                                        .openConnection())
                                        .getResponseCode(),
                        code -> code == HttpURLConnection.HTTP_OK);
    }
}
